package proxy

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// getVerb answers GET DIAGNOSTICS by what the session keeps of its last statement.
// https://dev.mysql.com/doc/refman/9.7/en/get-diagnostics.html
func (s *session) getVerb(text []byte, more bool) (bool, error) {
	g := getting{s: s, text: text, words: s.words(text), at: 1}
	vars, err := g.read()
	s.unlisted = s.unlistedBefore
	var ok wire.OK
	switch {
	case err == errNoCondition: //nolint:errorlint // our own value, never wrapped
		s.diag, s.errState, ok.Warnings = append(s.diag, diagnostic{level: "Error", code: 1758, message: "Invalid condition number"}), "35000", 1
	case err != nil:
		return true, err
	}
	for name, v := range vars {
		s.setUserVar(name, v)
	}
	rows := s.rowCount
	s.okWith(ok, more)
	s.rowCount = rows // that and the conditions stay
	return true, nil
}

// errNoCondition says that there is no condition of a number. It is told as a condition.
var errNoCondition = errors.New("no such condition")

// getting reads a GET DIAGNOSTICS.
type getting struct {
	s     *session
	text  []byte
	words []string
	at    int
	about *diagnostic // nil: the statement
}

func (g *getting) is(w string) bool { return g.at < len(g.words) && g.words[g.at] == w }

// read returns what user variables are set to.
func (g *getting) read() (map[string]userVar, error) {
	stacked := g.is("STACKED")
	if stacked || g.is("CURRENT") {
		g.at++
	}
	if !g.is("DIAGNOSTICS") {
		return nil, g.s.syntax(g.text, g.at)
	}
	number := ""
	if g.at++; g.is("CONDITION") {
		if g.at+1 >= len(g.words) {
			return nil, g.s.syntax(g.text, g.at+1)
		}
		number = g.words[g.at+1]
		g.at += 2
	}
	asked, err := g.items(number != "")
	switch {
	case err != nil:
		return nil, err
	case stacked:
		return nil, wire.Errorf(3004, "0Z002", "GET STACKED DIAGNOSTICS when handler not active")
	case number != "":
		if err := g.condition(number); err != nil {
			return nil, err
		}
	}
	out := map[string]userVar{}
	for _, a := range asked {
		if out[a.name], err = g.value(a.item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type askedItem struct{ name, item string }

// items reads the list of assignments.
func (g *getting) items(condition bool) (list []askedItem, err error) {
	for {
		tokens := g.s.scan.Tokens
		if name, ok := g.s.nameAt(g.text, g.at); ok && g.at+2 < len(tokens) && g.words[g.at+1] == "=" && isItem(g.words[g.at+2], condition) {
			return nil, wire.Errorf(1327, "42000", "Undeclared variable: %s", name) // those of stored programs are not ours
		}
		if g.at+2 >= len(tokens) || tokens[g.at].Kind != parser.UserVar || g.words[g.at+1] != "=" || !isItem(g.words[g.at+2], condition) {
			return nil, g.s.syntax(g.text, g.wrong())
		}
		list = append(list, askedItem{strings.ToLower(parser.Unquote(g.text, tokens[g.at], g.s.dialect)), g.words[g.at+2]})
		if g.at += 3; g.at == len(tokens) {
			return list, nil
		}
		if !g.is(",") {
			return nil, g.s.syntax(g.text, g.at)
		}
		g.at++
	}
}

// wrong is the first token of an assignment that is none.
func (g *getting) wrong() int {
	tokens, at := g.s.scan.Tokens, g.at
	if at < len(tokens) && tokens[at].Kind == parser.UserVar {
		if at++; at < len(tokens) && g.words[at] == "=" {
			at++
		}
	}
	return at
}

func isItem(w string, condition bool) bool {
	if !condition {
		return w == "NUMBER" || w == "ROW_COUNT"
	}
	return slices.Contains([]string{
		"CLASS_ORIGIN", "SUBCLASS_ORIGIN", "RETURNED_SQLSTATE", "MESSAGE_TEXT", "MYSQL_ERRNO", "CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME",
		"CATALOG_NAME", "SCHEMA_NAME", "TABLE_NAME", "COLUMN_NAME", "CURSOR_NAME",
	}, w)
}

// condition finds the condition of a number, which is a constant or in a user variable.
func (g *getting) condition(number string) error {
	if strings.HasPrefix(number, "@") {
		number = string(textOf(g.s.UserVar(strings.ToLower(strings.Trim(number[1:], "`")))))
	}
	n, err := strconv.Atoi(strings.Trim(number, "'\""))
	if err != nil || n < 1 || n > len(g.s.diag) {
		return errNoCondition
	}
	g.about = &g.s.diag[n-1]
	return nil
}

// value is that of an item.
func (g *getting) value(item string) (userVar, error) {
	switch item {
	case "NUMBER":
		return countVar(uint64(len(g.s.diag))), nil
	case "ROW_COUNT":
		return newUserVar(strconv.AppendInt(nil, g.s.rowCount, 10), nil, "binary", wire.Column{Type: wire.TypeLongLong}), nil
	case "MYSQL_ERRNO":
		return countVar(uint64(g.about.code)), nil
	case "MESSAGE_TEXT":
		return textVar(g.about.message), nil
	case "RETURNED_SQLSTATE":
		if state, ok := g.state(); ok {
			return textVar(state), nil
		}
	}
	return userVar{}, plan.Unsupported("GET DIAGNOSTICS of "+item+", which a client is not told", g.s.snap.conf.Pos, "ask for MYSQL_ERRNO, RETURNED_SQLSTATE and MESSAGE_TEXT")
}

// state is the condition's; false: SIGNAL may have said any.
func (g *getting) state() (string, bool) {
	switch g.about.code {
	case 1642, 1643, 1644:
		return g.s.errState, g.about.level == "Error"
	}
	if g.about.level == "Error" && g.about == &g.s.diag[len(g.s.diag)-1] {
		return g.s.errState, true
	}
	return parser.SQLState(g.about.code), true
}

func countVar(n uint64) userVar {
	return newUserVar(strconv.AppendUint(nil, n, 10), nil, "binary", wire.Column{Type: wire.TypeLongLong, Flags: wire.FlagUnsigned})
}

func textVar(text string) userVar {
	return newUserVar([]byte(text), []byte(hex.EncodeToString([]byte(text))), "utf8mb3_general_ci", wire.Column{Type: wire.TypeVarString})
}
