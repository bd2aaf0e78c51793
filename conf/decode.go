package conf

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Bounds that keep a small file from costing much memory or time.
const (
	maxFile     = 16 << 20 // bytes of a file
	maxNodes    = 500_000  // values read, those behind aliases counted at each use
	maxDepth    = 64       // values inside values
	maxProblems = 200      // reported in one run
)

// decoder turns YAML nodes into the tree and remembers every problem on its way.
type decoder struct {
	file     string
	problems Problems
	places   map[string]Pos
	nodes    int
	depth    int
	spent    bool // a bound was reached: stop quietly
}

func (d *decoder) report(n *yaml.Node, path, remedy, format string, args ...any) {
	if len(d.problems) >= maxProblems {
		d.spent = true
		return
	}
	d.problems = append(d.problems, Problem{
		Pos: d.pos(n), Path: path, Text: fmt.Sprintf(format, args...), Remedy: remedy,
	})
}

func (d *decoder) pos(n *yaml.Node) Pos { return Pos{File: d.file, Line: n.Line, Column: n.Column} }

// value reads a node into v, a settable value of the tree.
func (d *decoder) value(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if !d.enter(n, path) {
		return
	}
	defer func() { d.depth-- }()
	if _, seen := d.places[path]; !seen {
		d.places[path] = d.pos(n)
	}
	at := n
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.ShortTag() == "!!null" {
		d.report(at, path, "write a value or remove the key", "has no value")
		return
	}
	switch {
	case isScalar(v):
		d.scalar(at, n, path, v, tag)
	case v.Kind() == reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.structure(at, n, path, p.Elem())
		v.Set(p)
	case v.Kind() == reflect.Slice:
		d.list(at, n, path, v, tag)
	default:
		d.structure(at, n, path, v)
	}
}

// enter counts a value and says whether the bounds allow to read it.
func (d *decoder) enter(n *yaml.Node, path string) bool {
	if d.spent {
		return false
	}
	d.nodes++
	if d.nodes > maxNodes || d.depth >= maxDepth {
		d.tooMuch(n, path)
		return false
	}
	d.depth++
	return true
}

func (d *decoder) tooMuch(n *yaml.Node, path string) {
	if !d.spent {
		d.report(n, path, "use fewer aliases", "the file is too large or too deep when its aliases are followed")
	}
	d.spent = true
}

func isScalar(v reflect.Value) bool {
	switch v.Interface().(type) {
	case Secret:
		return true
	}
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return true
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64:
		return true
	}
	return false
}

// list reads a sequence, or a mapping whose keys are the elements' names, or a single
// scalar where a sequence of scalars is meant.
func (d *decoder) list(at, n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	elem := v.Type().Elem()
	named := elem.Kind() == reflect.Pointer && nameField(elem.Elem()) >= 0
	structs := elem.Kind() == reflect.Pointer
	v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Content)))
	switch {
	case named && n.Kind == yaml.MappingNode:
		for _, p := range d.pairs(n, path) {
			d.namedElement(p, path, v)
		}
	case !named && n.Kind == yaml.SequenceNode:
		for i, c := range n.Content {
			e := reflect.New(elem).Elem()
			d.value(c, fmt.Sprintf("%s[%d]", path, i), e, tag)
			if !e.IsZero() || !structs {
				v.Set(reflect.Append(v, e))
			}
		}
	case n.Kind == yaml.ScalarNode && (!structs || shortField(elem.Elem()) >= 0):
		e := reflect.New(elem).Elem()
		d.value(at, path, e, tag)
		v.Set(reflect.Append(v, e))
	case named:
		d.report(at, path, "", "want a mapping of names to settings, got %s", kindOf(n))
	default:
		d.report(at, path, "", "want a list, got %s", kindOf(n))
	}
}

func (d *decoder) namedElement(p pair, path string, v reflect.Value) {
	e := reflect.New(v.Type().Elem().Elem())
	t := e.Elem().Type()
	field := t.Field(nameField(t))
	sub := join(path, p.key.Value)
	if text := checkForm(field.Tag.Get("form"), p.key.Value); text != "" {
		d.report(p.key, sub, "", "%s", text)
	}
	d.value(p.value, sub, e.Elem(), "")
	e.Elem().FieldByIndex(field.Index).SetString(p.key.Value)
	d.setPlace(e.Elem(), p.key, sub)
	v.Set(reflect.Append(v, e))
}

// structure reads a mapping into a struct: known keys once each, nothing else.
func (d *decoder) structure(at, n *yaml.Node, path string, v reflect.Value) {
	prepare(v)
	d.setPlace(v, at, path)
	if i := shortField(v.Type()); i >= 0 && n.Kind == yaml.ScalarNode {
		d.scalar(at, n, path, v.Field(i), v.Type().Field(i).Tag)
		return
	}
	if n.Kind != yaml.MappingNode {
		d.report(at, path, "", "want a mapping, got %s", kindOf(n))
		return
	}
	fields := fieldsOf(v.Type())
	given := map[string]bool{}
	for _, p := range d.pairs(n, path) {
		sub := join(path, p.key.Value)
		f, known := fields.find(p.key.Value)
		if !known {
			d.report(p.key, sub, didYouMean(p.key.Value, fields.names()), "unknown key")
			continue
		}
		given[p.key.Value] = true
		d.places[sub] = d.pos(p.value)
		d.value(p.value, sub, v.FieldByIndex(f.Index), f.Tag)
	}
	for _, f := range fields {
		if f.Tag.Get("need") == "yes" && !given[f.key] {
			d.report(at, path, "", "%s is missing", f.key)
		}
	}
}

// setPlace fills the Place that every struct of the tree embeds.
func (d *decoder) setPlace(v reflect.Value, n *yaml.Node, path string) {
	if f := v.FieldByName("Place"); f.IsValid() {
		f.Set(reflect.ValueOf(Place{Pos: d.pos(n), Path: path}))
	}
}

// prepare applies the defaults to a struct and to the structs inside it.
func prepare(v reflect.Value) {
	defaults(v.Addr().Interface())
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct && v.Type().Field(i).IsExported() &&
			v.Type().Field(i).Tag.Get("yaml") != "-" && !isScalar(f) {
			prepare(f)
		}
	}
}

// pair is one key and value of a mapping.
type pair struct{ key, value *yaml.Node }

// pairs returns the pairs of a mapping in their order, with merge keys ("<<")
// replaced by what they stand for, and without repeated keys, which it reports.
func (d *decoder) pairs(n *yaml.Node, path string) []pair {
	d.nodes += len(n.Content) / 2 // a merge key may bring a large mapping many times
	if d.nodes > maxNodes {
		d.tooMuch(n, path)
		return nil
	}
	var out, merged []pair
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		for k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		switch {
		case k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge":
			merged = append(merged, d.merge(v, path)...)
		case k.Kind != yaml.ScalarNode || k.ShortTag() == "!!null":
			d.report(n.Content[i], path, "", "want a word as a key, got %s", kindOf(k))
		case lines[k.Value] > 0:
			d.report(k, join(path, k.Value), "remove one of them", "is written twice, first in line %d", lines[k.Value])
		default:
			lines[k.Value] = k.Line
			out = append(out, pair{k, v})
		}
	}
	for _, m := range merged {
		if lines[m.key.Value] == 0 { // a key of the mapping itself, or an earlier merge, wins
			lines[m.key.Value] = m.key.Line
			out = append(out, m)
		}
	}
	return out
}

// merge returns the pairs that a merge key brings in.
func (d *decoder) merge(n *yaml.Node, path string) []pair {
	if !d.enter(n, path) {
		return nil
	}
	defer func() { d.depth-- }()
	at := n
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return d.pairs(n, path)
	case yaml.SequenceNode:
		var out []pair
		for _, c := range n.Content {
			out = append(out, d.merge(c, path)...)
		}
		return out
	}
	d.report(at, path, "", "<< takes a mapping or a list of mappings, got %s", kindOf(n))
	return nil
}

// scalar reads one text, number, truth value, duration, size or secret.
func (d *decoder) scalar(at, n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.ScalarNode {
		d.report(at, path, "", "want %s, got %s", wanted(v), kindOf(n))
		return
	}
	text, remedy := readScalar(n, v, tag)
	if text == "" {
		text = checkTag(v, tag)
		if words := strings.Fields(tag.Get("one")); text != "" && len(words) > 0 {
			remedy = orElse(didYouMean(v.String(), words), "it is one of "+strings.Join(words, ", "))
		}
	}
	if text != "" {
		d.report(at, path, remedy, "%s", text)
	}
}

// readScalar sets v and returns what is wrong with the node, if anything. It never
// repeats a secret.
func readScalar(n *yaml.Node, v reflect.Value, tag reflect.StructTag) (problem, remedy string) {
	kind := n.ShortTag()
	if _, ok := v.Interface().(Secret); ok {
		if kind != "!!str" {
			return "want text, got " + kindOf(n), "put it in quotes"
		}
		v.Set(reflect.ValueOf(NewSecret(n.Value)))
		return "", ""
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(n.Value)); err != nil {
			return fmt.Sprintf("%q: %v", n.Value, err), ""
		}
		return "", ""
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		t, err := time.ParseDuration(n.Value)
		if err != nil {
			return fmt.Sprintf("%q: not a duration", n.Value), "write it like 500ms, 30s, 5m or 1h30m"
		}
		v.SetInt(int64(t))
	case v.Kind() == reflect.String:
		if kind != "!!str" && tag.Get("scalar") != "any" {
			return fmt.Sprintf("want text, got %s, %s", kindOf(n), n.Value), "put it in quotes"
		}
		v.SetString(n.Value)
	case v.Kind() == reflect.Bool:
		if kind != "!!bool" {
			return fmt.Sprintf("want true or false, got %q", n.Value), ""
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	default:
		i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 10, v.Type().Bits())
		if err != nil || kind != "!!int" {
			return fmt.Sprintf("want a whole number, got %q", n.Value), ""
		}
		v.SetInt(i)
	}
	return "", ""
}

func wanted(v reflect.Value) string {
	switch v.Interface().(type) {
	case time.Duration:
		return "a duration"
	case Size:
		return "a size"
	case Prefix:
		return "a network"
	case SlotRange:
		return "a range of slots"
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "text"
}

// kindOf names what a node holds, for people.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "a truth value"
	case "!!null":
		return "nothing"
	case "!!timestamp":
		return "a date"
	case "!!binary":
		return "binary data"
	}
	return "text"
}

// join names a key inside a path.
func join(path, key string) string {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`.[]":`, r) }) || key == "" {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
