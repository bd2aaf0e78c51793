package plan

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Decision is why a statement runs where it runs. It holds references into the
// plan and the arguments, so that making one costs nothing; it is printed, or
// marshalled to JSON, only when somebody looks.
type Decision struct {
	Step       string      // one of the Step constants
	Key        string      // "saas_users.tenant_id"; empty when no key decided
	Source     string      // "literal 0", "parameter 1", "session tenant", ...; empty when no key decided
	Value      value.Value // the value of the key, when Source is set
	Slot       int         // slot of the value; -1 when no slot decided
	Pinned     bool        // a pin of the rules decided, not the slot
	Shard      string      // name of the shard
	Rule       conf.Pos    // the line that decided
	Considered []string    // rules of thought that took part, "foreign key wework_contacts.account_id"
}

// The steps that may decide, in the order in which they are tried.
const (
	StepStatement  = "statement"      // the text fixes the key
	StepTenant     = "session tenant" // the session's tenant, or a hint, confines the statement to one shard
	StepLocator    = "locator"        // a primary or unique key was looked up
	StepOnlyShard  = "only shard"     // the database has one shard
	StepSingle     = "single"         // the table lives whole on one shard
	StepReference  = "reference"      // every shard has a copy, any will do
	StepGather     = "gather"         // rows of several shards are copied to one server
	StepScatter    = "scatter"        // several shards are asked, and their rows merged
	StepSplit      = "split"          // a write on several shards
	StepRehearsal  = "rehearsal"      // a write that runs on copies first
	StepEverywhere = "everywhere"     // a definition, on every shard
	StepConstant   = "constant"       // no table, or no row can match: any shard will do
)

// String renders the decision on one line.
func (d Decision) String() string {
	var b strings.Builder
	b.WriteString(d.Step)
	if d.Key != "" {
		b.WriteString(": " + d.Key)
	}
	if d.Source != "" {
		b.WriteString(" = " + d.Source)
		if v := Show(d.Value); v != d.Source {
			b.WriteString(" " + v)
		}
	}
	if d.Pinned {
		b.WriteString(", pinned")
	} else if d.Slot >= 0 {
		b.WriteString(", slot " + strconv.Itoa(d.Slot))
	}
	if d.Rule.Line > 0 {
		b.WriteString(", " + d.Rule.String())
	}
	for _, c := range d.Considered {
		b.WriteString("; " + c)
	}
	return b.String()
}

// MarshalJSON renders the decision with printable values.
func (d Decision) MarshalJSON() ([]byte, error) {
	out := struct {
		Step       string   `json:"step"`
		Key        string   `json:"key,omitempty"`
		Source     string   `json:"source,omitempty"`
		Value      string   `json:"value,omitempty"`
		Slot       *int     `json:"slot,omitempty"`
		Pinned     bool     `json:"pinned,omitempty"`
		Shard      string   `json:"shard"`
		Rule       string   `json:"rule,omitempty"`
		Considered []string `json:"considered,omitempty"`
	}{Step: d.Step, Key: d.Key, Source: d.Source, Pinned: d.Pinned, Shard: d.Shard, Considered: d.Considered}
	if d.Source != "" {
		out.Value = Show(d.Value)
	}
	if d.Slot >= 0 {
		out.Slot = &d.Slot
	}
	if d.Rule.Line > 0 {
		out.Rule = d.Rule.String()
	}
	return json.Marshal(out)
}

// Show prints a constant for people: strings in quotes, bytes in hexadecimal.
func Show(v value.Value) string {
	switch v.Kind {
	case value.Null:
		return "NULL"
	case value.Int:
		return strconv.FormatInt(v.I, 10)
	case value.Uint:
		return strconv.FormatUint(v.U, 10)
	case value.Decimal, value.Float:
		return v.S
	case value.String:
		return "'" + strings.ReplaceAll(v.S, "'", "''") + "'"
	case value.Binary:
		return "0x" + hexText(v.S)
	default:
		return "(value of a type that routing does not use)"
	}
}

// Refusal is a statement that will not run, with the MySQL error the client gets.
type Refusal struct {
	Number  uint16
	State   string   // SQL state, five characters
	Message string   // what is wrong
	Rule    conf.Pos // the line of the rules behind it; zero when no rule is
	Remedy  string   // what the client can do about it; may be empty
	// Wide: the only reason is that rows are needed from several shards. A query may
	// then be answered by a Gather.
	Wide bool
	// On is a shard where a server that prepares the text may find a mistake in it that the
	// router could not see; nil: any has to do.
	On *rules.Shard
	// Programs: the servers may know of a stored program that the router does not.
	Programs bool
	// Functions are those that the statement calls and the router does not know. If one
	// does not exist, MySQL says so.
	Functions []Function
	// Table is the table that does not exist.
	Table string
}

// Function is a stored or loadable function that a statement calls.
type Function struct {
	Schema    string // as MySQL would name it; empty where there is none
	Name      string
	Qualified bool
	Shards    []*rules.Shard // one for each database that may have it
	Nowhere   bool           // its database does not exist
}

// Error renders message, rule and remedy.
func (r *Refusal) Error() string {
	s := r.Message
	if r.Rule.Line > 0 {
		s += " (" + r.Rule.String() + ")"
	}
	if r.Remedy != "" {
		s += "; " + r.Remedy
	}
	return s
}

// Unsupported makes a refusal with MySQL's number for what is not supported, 1235.
func Unsupported(message string, rule conf.Pos, remedy string) *Refusal {
	return &Refusal{Number: 1235, State: "42000", Message: message, Rule: rule, Remedy: remedy}
}

// wide marks a refusal that a Gather may answer.
func wide(r *Refusal) *Refusal {
	r.Wide = true
	return r
}

func hexText(s string) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, digits[s[i]>>4], digits[s[i]&15])
	}
	return string(b)
}
