package diff

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/test/spread"
)

// File is one file of the corpus.
//
// The first line is "-- about: why this case exists". Statements end with ; at the end
// of a line. A line "# text" between statements is a remark, "-- word: value" a directive:
//
//	-- database: saas      current database of the sessions; at the top of the file
//	-- shards: 1           the file only runs with so many shards per database
//	-- text only           the file is not repeated over the binary protocol
//	-- session: b          the statements that follow run in the session of that name
//	-- found rows          sessions of the file ask for matched rows, not changed ones
//	-- no warnings         nobody asks for warnings after a statement of the file: it
//	                       asks itself about the statement before (ROW_COUNT() and the like)
//	-- names only          of the columns of the file only the names are compared: the
//	                       catalogue is put together from several servers
//	-- any plan            of which keys a column is part is not compared, nor whether an
//	                       expression is flagged binary: both are different where MySQL's
//	                       plan needs a temporary table, and the plan depends on statistics
//	-- multi               sessions may send several statements at once
//	-- refuse: 1235 why    with several shards Sluice must refuse the next statement with
//	                       this number, and say why; with one it must answer as MySQL does
//	-- always refuse: 1235 why  in a file with its own tables also with one shard
//	-- scattered           with several shards each must have answered the next statement
//	                       for its own rows: no rows are brought together
//	-- unordered           rows of the next statement may come in any order
//	-- mask: a, b          columns of the next statement whose values are not compared
//	-- blocks              the next statement waits for another session; its answer is
//	                       compared when its session is to go on, or at the end
//	-- no message          the text of the next statement's error is not compared
//
// A file of corpus/shards brings its own tables. Before its statements it has
//
//	-- sharded: a.t by c   table t of database a lives with its column c; also
//	                       "single:" and "reference:", without a column; several with commas
//	-- cases               the statements so far make and fill the tables, USE says in
//	                       which database, and beginning with the next they are compared
//
// and what MySQL itself says is part of such a file:
//
//	-- error: 1054         the next statement fails with this number; others succeed
//	-- prepare differs: why  how the next statement is prepared is not compared, only
//	                       what its execution answers
//	-- params: 'a', 1      the next statement is prepared and executed with these values
//	                       (see Params); several such lines are several executions
type File struct {
	Path       string
	About      string
	Database   string
	Shards     int // 0: any number
	TextOnly   bool
	FoundRows  bool
	Multi      bool
	NoWarnings bool
	NamesOnly  bool
	AnyPlan    bool
	Schema     spread.Schema // empty: the tables of the customer
	Steps      []Step
}

// Step is one statement.
type Step struct {
	Line      int
	SQL       string
	Session   string
	Refuse    uint16
	Why       string // of Refuse: part of the message
	Always    bool   // Refuse holds with one shard, too
	Error     uint16 // of MySQL itself; only in files with a schema
	Scattered bool
	Unordered bool
	NoMessage bool
	Blocks    bool
	NoPrepare bool
	Mask      map[string]bool
	Params    [][]Param // one list for each execution
}

// Read reads a file of the corpus.
func Read(path string) (*File, error) {
	h, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	f := &File{Path: path, Database: "saas"}
	var (
		sql     strings.Builder
		next    Step
		session string
		lines   = bufio.NewScanner(h)
	)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if sql.Len() == 0 {
			if d, ok := strings.CutPrefix(line, "-- "); ok {
				if err := f.directive(d, &next, &session); err != nil {
					return nil, fmt.Errorf("%s:%d: %w", path, n, err)
				}
				continue
			}
			if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "# ") {
				continue
			}
			next.Line = n
		} else {
			sql.WriteByte('\n')
		}
		sql.WriteString(line)
		if text, ok := strings.CutSuffix(strings.TrimRight(sql.String(), " \t"), ";"); ok {
			next.SQL, next.Session = text, session
			f.Steps = append(f.Steps, next)
			next = Step{}
			sql.Reset()
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, lines.Err()
	case f.About == "":
		return nil, fmt.Errorf("%s:1: the first line must be -- about: why this case exists", path)
	case sql.Len() > 0:
		return nil, fmt.Errorf("%s: the last statement does not end with ;", path)
	case len(f.Steps) == 0:
		return nil, fmt.Errorf("%s: no statements", path)
	}
	return f, nil
}

// directive reads one directive into the file, the next statement, or the name of the
// session that follows.
func (f *File) directive(text string, next *Step, session *string) (err error) {
	word, value, _ := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	switch strings.TrimSpace(word) {
	case "about":
		f.About = value
	case "database":
		f.Database = value
	case "shards":
		f.Shards, err = strconv.Atoi(value)
	case "text only":
		f.TextOnly = true
	case "found rows":
		f.FoundRows = true
	case "names only":
		f.NamesOnly = true
	case "any plan":
		f.AnyPlan = true
	case "no warnings":
		f.NoWarnings = true
	case "multi":
		f.Multi = true
	case "session":
		*session = value
	case "refuse", "always refuse":
		next.Always = word != "refuse"
		value, next.Why, _ = strings.Cut(value, " ")
		next.Refuse, err = number(value)
	case "sharded", "single", "reference":
		err = f.Schema.Place(word, value)
	case "cases":
		for _, s := range f.Steps {
			f.Schema.Setup = append(f.Schema.Setup, s.SQL)
		}
		f.Steps = nil
	case "error":
		next.Error, err = number(value)
	case "scattered":
		next.Scattered = true
	case "unordered":
		next.Unordered = true
	case "blocks":
		next.Blocks = true
	case "no message":
		next.NoMessage = true
	case "prepare differs":
		next.NoPrepare = true
	case "mask":
		next.Mask = map[string]bool{}
		for _, c := range strings.Split(value, ",") {
			next.Mask[strings.TrimSpace(c)] = true
		}
	case "params":
		var params []Param
		params, err = Params(value)
		next.Params = append(next.Params, params)
	default:
		err = fmt.Errorf("unknown directive %q", text)
	}
	return err
}

func number(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err
}
