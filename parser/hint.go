package parser

import (
	"bytes"
	"strings"
)

// hintPrefix begins the names of Sluice's optimizer hints.
const hintPrefix = "sluice_"

// isDirective reports whether the text of a comment is a directive to Sluice.
func isDirective(comment []byte) bool {
	t := bytes.TrimLeft(comment, " \t\r\n")
	const head = "sluice:"
	return len(t) >= len(head) && bytes.EqualFold(t[:len(head)], []byte(head))
}

// directive is one directive with its place in the text.
type directive struct {
	key, value string
	start, end int
}

// readHints collects the directives; the first of a name counts.
func (s *Statement) readHints() map[string]string {
	var hints map[string]string
	for _, t := range s.Tokens {
		if t.Kind != Hint {
			continue
		}
		if hints == nil {
			hints = map[string]string{}
		}
		for _, d := range directives(s.SQL, t, s.Dialect) {
			if _, ok := hints[d.key]; !ok {
				hints[d.key] = d.value
			}
		}
	}
	return hints
}

// Directive is the value of a directive to Sluice in the text that was read; empty if
// there is none.
func (s *Scan) Directive(sql []byte, key string, d Dialect) string {
	for _, t := range s.Tokens {
		if t.Kind != Hint {
			continue
		}
		for _, x := range directives(sql, t, d) {
			if x.key == key {
				return x.value
			}
		}
	}
	return ""
}

// HintSplices returns the splices that remove the directives to Sluice from optimizer
// hints: the server would answer each with a warning.
func (s *Statement) HintSplices() []Splice {
	var out []Splice
	for _, t := range s.Tokens {
		if t.Kind != Hint || s.SQL[t.Start+2] != '+' {
			continue
		}
		for _, d := range directives(s.SQL, t, s.Dialect) {
			out = append(out, Splice{Start: d.start, End: d.end})
		}
	}
	return out
}

// SetVars lists, in lower case, the system variables that hints set while the statement
// runs: /*+ SET_VAR(name = value) */.
func (s *Statement) SetVars() []string {
	var out []string
	for _, t := range s.Tokens {
		if t.Kind != Hint || s.SQL[t.Start+2] != '+' {
			continue
		}
		in := hintTokens(s.SQL, Token{Start: t.Start + 3, End: t.End - 2}, s.Dialect)
		for i := 0; i+2 < len(in); i++ {
			if strings.EqualFold(in[i].text, "set_var") && in[i+1].text == "(" {
				out = append(out, strings.ToLower(in[i+2].text))
			}
		}
	}
	return out
}

// directives reads the directives in a hint token.
func directives(sql []byte, t Token, d Dialect) []directive {
	body := Token{Start: t.Start + 3, End: t.End - 2}
	if sql[t.Start+2] == '+' {
		return optimizerDirectives(hintTokens(sql, body, d))
	}
	body.Start = t.Start + bytes.IndexByte(sql[t.Start:t.End], ':') + 1
	return commentDirectives(sql, hintTokens(sql, body, d))
}

// hintToken is a token inside a hint, as text.
type hintToken struct {
	text       string
	word       bool // a name, a constant: not punctuation
	start, end int
}

// hintTokens cuts the inside of a hint. What cannot be read ends it.
func hintTokens(sql []byte, body Token, d Dialect) []hintToken {
	var l lexer
	l.reset(sql[:body.End], body.Start, d)
	var out []hintToken
	for {
		k := l.next()
		if k == eof || k == fault {
			return out
		}
		if k == more {
			k = String
		}
		text := Unquote(sql, Token{Kind: k, Start: l.start, End: l.pos}, d)
		out = append(out, hintToken{text: text, word: k != Op, start: l.start, end: l.pos})
	}
}

// optimizerDirectives finds sluice_x and sluice_x(value) among other hints.
func optimizerDirectives(tokens []hintToken) []directive {
	var out []directive
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		name, ok := strings.CutPrefix(strings.ToLower(t.text), hintPrefix)
		if !ok || !t.word {
			continue
		}
		d := directive{key: name, start: t.start, end: t.end}
		if i+1 < len(tokens) && tokens[i+1].text == "(" && !tokens[i+1].word {
			var value strings.Builder
			for i++; i+1 < len(tokens) && (tokens[i].word || tokens[i].text != ")"); {
				i++
				if tokens[i].word || tokens[i].text != ")" {
					value.WriteString(tokens[i].text)
				}
			}
			d.value, d.end = value.String(), tokens[i].end
		}
		out = append(out, d)
	}
	return out
}

// commentDirectives reads "tenant=x, primary": a value extends to the comma.
func commentDirectives(sql []byte, tokens []hintToken) []directive {
	var out []directive
	for i := 0; i < len(tokens); {
		j := i
		for j < len(tokens) && (tokens[j].word || tokens[j].text != ",") {
			j++
		}
		if j > i {
			out = append(out, assignmentDirective(sql, tokens[i:j]))
		}
		i = j + 1
	}
	return out
}

func assignmentDirective(sql []byte, tokens []hintToken) directive {
	d := directive{key: strings.ToLower(tokens[0].text), start: tokens[0].start, end: tokens[len(tokens)-1].end}
	rest := tokens[1:]
	if len(rest) > 0 && !rest[0].word && (rest[0].text == "=" || rest[0].text == ":") {
		rest = rest[1:]
	}
	switch len(rest) {
	case 0:
	case 1:
		d.value = rest[0].text
	default: // an unquoted value of several tokens, a-b-c: its text
		d.value = string(sql[rest[0].start:rest[len(rest)-1].end])
	}
	return d
}
