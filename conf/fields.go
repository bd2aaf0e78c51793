package conf

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// field is one key of a struct of the tree.
type field struct {
	reflect.StructField
	key string
}

type fields []field

// fieldsOf lists the keys of a struct type in their order.
func fieldsOf(t reflect.Type) fields {
	var out fields
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && key != "" && key != "-" {
			out = append(out, field{f, key})
		}
	}
	return out
}

// nameField is the index of the field that takes the key of the enclosing mapping, or
// -1.
func nameField(t reflect.Type) int {
	if t.Kind() != reflect.Struct {
		return -1
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") == ",name" {
			return i
		}
	}
	return -1
}

// shortField is the index of the field that a text instead of the mapping sets, or -1.
func shortField(t reflect.Type) int {
	if t.Kind() != reflect.Struct {
		return -1
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("short") == "yes" {
			return i
		}
	}
	return -1
}

func (fs fields) find(key string) (field, bool) {
	i := slices.IndexFunc(fs, func(f field) bool { return f.key == key })
	if i < 0 {
		return field{}, false
	}
	return fs[i], true
}

func (fs fields) names() []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.key
	}
	return out
}

// didYouMean is a remedy that offers the word nearest to the one written, or, if none
// is near and there are few, all of them.
func didYouMean(word string, words []string) string {
	if near, ok := Nearest(word, words); ok {
		return "did you mean " + near + "?"
	}
	if len(words) == 0 || len(words) > 12 {
		return ""
	}
	return "it is one of " + strings.Join(words, ", ")
}

// Nearest returns the word that differs least from the one written, if it differs by
// so little that it was probably meant.
func Nearest(word string, words []string) (string, bool) {
	if len(words) == 0 || len(word) > 64 {
		return "", false
	}
	distance := func(w string) int { return editDistance(strings.ToLower(word), strings.ToLower(w)) }
	best := slices.MinFunc(words, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	limit := min(2, len(word)/2)
	return best, distance(best) <= limit
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours
// between two words.
func editDistance(a, b string) int {
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(last[j+1]+1, next[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
