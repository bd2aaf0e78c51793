package conf

import (
	"fmt"
	"reflect"
)

// NeedsRestart lists the paths at which the two configurations differ and that a
// running Sluice cannot change. It is empty when a reload can do everything.
func NeedsRestart(old, new *Config) []string {
	w := &reloadWalk{}
	w.structs("", reflect.ValueOf(*old), reflect.ValueOf(*new), false)
	return w.paths
}

type reloadWalk struct{ paths []string }

// structs compares two structs key by key; fixed says whether a difference needs a
// restart unless a tag says otherwise.
func (w *reloadWalk) structs(path string, a, b reflect.Value, fixed bool) {
	for _, f := range fieldsOf(a.Type()) {
		at := join(path, f.key)
		part := fixed
		switch f.Tag.Get("reload") {
		case "restart":
			part = true
		case "live":
			part = false
		}
		w.values(at, a.FieldByIndex(f.Index), b.FieldByIndex(f.Index), part)
	}
}

func (w *reloadWalk) values(path string, a, b reflect.Value, fixed bool) {
	switch {
	case a.Kind() == reflect.Pointer && (a.IsNil() || b.IsNil()):
		if fixed && a.IsNil() != b.IsNil() {
			w.paths = append(w.paths, path)
		}
	case a.Kind() == reflect.Pointer:
		w.structs(path, a.Elem(), b.Elem(), fixed)
	case a.Kind() == reflect.Slice && a.Len() != b.Len():
		if fixed {
			w.paths = append(w.paths, path)
		}
	case a.Kind() == reflect.Slice:
		for i := range a.Len() {
			w.values(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i), fixed)
		}
	case a.Kind() == reflect.Struct && len(fieldsOf(a.Type())) > 0:
		w.structs(path, a, b, fixed)
	case fixed && !reflect.DeepEqual(a.Interface(), b.Interface()):
		w.paths = append(w.paths, path)
	}
}
