package parser

import (
	"testing"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, sql string) *Statement {
	t.Helper()
	s, err := Parse([]byte(sql), modern)
	require.NoError(t, err, sql)
	return s
}

// constants visits the constants of a tree.
type constants struct{ visit func(ast.ExprNode) }

func (c constants) Enter(n ast.Node) (ast.Node, bool) {
	switch v := n.(type) {
	case ast.ValueExpr:
		c.visit(v)
	}
	return n, false
}

func (c constants) Leave(n ast.Node) (ast.Node, bool) { return n, true }

func TestConstantsOfTheTreeAreFoundInTheText(t *testing.T) {
	for _, sql := range []string{
		"select 1",
		"select a+1, -2, 'x' 'y', (3), ((4)), 5.5, 1e3, x'41', b'1', ? from t where id in (1,2,(3)) and b between 1 and 2 limit 5, 6",
		"insert into t values (1,'a',2.5),(2,'b',-3) on duplicate key update x=values(x)+1",
		"update t set a = 1, b = concat('x', 'y', 7) where id = -1 and c like 'a%' limit 3",
		"select case a when 1 then 'x' else 'y' end, if(a, 2, 3), cast('4' as signed), interval(1,2,3), date_add(now(), interval 1 day) from t",
		"select * from t where (a,b) in ((1,2),(3,4)) and x = (select 5) group by 1 having count(*) > 6 order by 2",
		"select _utf8mb4'abc' collate utf8mb4_bin, N'x', date '2020-01-01', timestamp'2020-01-01 00:00:00'",
		"delete from t where a = 1 or b = '2' /* 3 */ or c = 4",
		"select /*!50000 1, */ 2 /*!99999 , 3 */ -- 4\n, 5",
		"select not 1, !2, ~3, - 4, 1 + 2 * 3, 'a' 'b' = 'c', a is null, true",
		"with c as (select 1 as x union select 2) select * from c where x = 3",
		"set @a = 1, @b := 'x'",
		"call p(1, 'x', @a)",
		"select json_extract(a, '$.x'), a->'$.y', a->>'$.z' from t where a->'$.q' = 1",
		"select substring('abc' from 2 for 3), trim(leading 'x' from 'y'), position('a' in 'b'), group_concat(a separator ';') from t",
		"select 1 'x', 2 as 'y', \"z\" from t as t1",
		"select count(*) over (order by a rows between 1 preceding and 2 following) from t",
	} {
		s := parse(t, sql)
		require.NoError(t, s.TreeErr, sql)
		seen := map[int]bool{}
		s.Tree.Accept(constants{func(n ast.ExprNode) {
			v, ok := n.(ast.ValueExpr)
			require.True(t, ok)
			i := s.LiteralAt(n)
			if i < 0 {
				t.Logf("%s: no place for %T %v at %d", sql, v, v.GetValue(), n.OriginTextPosition())
				return
			}
			t.Logf("%s: %v = %s", sql, v.GetValue(), s.Literals[i].Text(s.SQL))
			seen[i] = true
		}})
		for i := range s.Literals {
			if !seen[i] {
				t.Logf("%s: literal %s not in tree", sql, s.Literals[i].Text(s.SQL))
			}
		}
	}
}
