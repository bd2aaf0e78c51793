package proxy

import (
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// temporaries is what a statement does to the session's temporary tables, which plans
// need to know.
type temporaries struct {
	made    string
	dropped []string
	shard   *rules.Shard // where it runs
}

// temporaries reads the present statement, which has been bound.
func (s *session) temporaries(p *plan.Relay, text []byte) temporaries {
	t := temporaries{shard: s.target}
	switch {
	case p.Pins&plan.PinTempTable != 0:
		t.made = s.temporaryName(text)
	case p.RenamedTemp != "":
		t.made = p.RenamedTemp
		if name, ok := s.nameAt(text, 2); ok && name != t.made {
			t.dropped = []string{name}
		}
	case len(s.txn.temporary) > 0 && s.dropsTables(text):
		for i := range s.scan.Tokens {
			if name, ok := s.nameAt(text, i); ok && s.txn.temporary[name] {
				t.dropped = append(t.dropped, name)
			}
		}
	}
	return t
}

// dropsTables reports whether the present statement is DROP [TEMPORARY] TABLE: DROP INDEX
// names a table that stays.
func (s *session) dropsTables(text []byte) bool {
	if s.scan.First != parser.Drop {
		return false
	}
	w := s.words(text)
	return len(w) > 1 && (w[1] == "TABLE" || w[1] == "TABLES" || w[1] == "TEMPORARY")
}

// recount keeps count of the temporary tables after the statement has succeeded.
func (s *session) recount(t temporaries) {
	if t.made != "" {
		if s.txn.temporary == nil {
			s.txn.temporary = make(map[string]bool)
		}
		s.txn.temporary[t.made], s.txn.shard = true, t.shard
	}
	for _, name := range t.dropped {
		delete(s.txn.temporary, name)
	}
	if len(t.dropped) > 0 && len(s.txn.temporary) == 0 {
		s.txn.shard = nil
		s.unpin(plan.PinTempTable)
	}
}

// temporaryName is the table of CREATE TEMPORARY TABLE.
func (s *session) temporaryName(text []byte) string {
	w := s.words(text)
	i := 3
	if i+2 < len(w) && w[i] == "IF" {
		i += 3
	}
	if i+2 < len(w) && w[i+1] == "." {
		i += 2
	}
	name, _ := s.nameAt(text, i)
	return name
}
