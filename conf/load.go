package conf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads a configuration with all it names: the file, the list of SQL files, the
// secrets. The Config is not nil, but must not be used to start anything unless
// Problems.Err is nil.
func Load(path string) (*Config, Problems) {
	c, problems := Read(path)
	problems = append(problems, c.Resolve(os.LookupEnv)...)
	problems.Sort()
	return c, problems
}

// Read is Load without the secrets and certificates, for tools that only look.
func Read(path string) (*Config, Problems) {
	f, err := os.Open(path)
	if err != nil {
		return &Config{}, Problems{{Pos: Pos{File: path}, Text: "cannot be read: " + cause(err)}}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return &Config{}, Problems{{Pos: Pos{File: path}, Text: "cannot be read: " + cause(err)}}
	}
	c, problems := Parse(path, data)
	problems = append(problems, c.findFiles()...)
	problems.Sort()
	return c, problems
}

// Parse reads a configuration from memory; name stands for the file in positions. It
// opens nothing: Files stays empty and secrets that are kept elsewhere stay unknown.
// The Config is not nil whatever the problems.
func Parse(name string, data []byte) (*Config, Problems) {
	d := &decoder{file: name, places: map[string]Pos{}}
	c := &Config{}
	if root := d.document(data); root != nil {
		d.value(root, "", reflect.ValueOf(c).Elem(), "")
	} else {
		prepare(reflect.ValueOf(c).Elem())
	}
	c.places = d.places
	c.Pos = Pos{File: name, Line: c.Pos.Line, Column: c.Pos.Column}
	c.complete()
	problems := append(d.problems, c.check(d.problems)...)
	problems.Sort()
	return c, problems
}

// document reads the text into nodes and returns the single document's root.
func (d *decoder) document(data []byte) *yaml.Node {
	whole := &yaml.Node{Line: 1, Column: 1}
	if len(data) > maxFile {
		d.report(whole, "", "", "the file is larger than %s", Size(maxFile))
		return nil
	}
	in := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := in.Decode(&first); {
	case errors.Is(err, io.EOF):
		d.report(whole, "", "see conf/example.yaml", "the file is empty")
		return nil
	case err != nil:
		d.syntax(err)
		return nil
	}
	if err := in.Decode(&second); err == nil {
		d.report(&second, "", "remove it; everything stands in one document", "a second YAML document begins here")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
	}
	if first.Kind != yaml.DocumentNode || len(first.Content) != 1 {
		return nil
	}
	return first.Content[0]
}

// syntax reports an error of the YAML library, which tells the line only in its text.
func (d *decoder) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	at := &yaml.Node{Line: 1, Column: 1}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if number, cause, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(number); err == nil {
				at.Line, text = line, cause
			}
		}
	}
	d.report(at, "", "", "not YAML: %s", text)
}

// At is where the value of a path stands, "databases.shop.shards[0].group", or, if the
// file does not have it, the nearest part around it.
func (c *Config) At(path string) Pos {
	for {
		if p, ok := c.places[path]; ok {
			return p
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return c.Pos
		}
		path = path[:i]
	}
}

// Has says whether the file has a value for a path.
func (c *Config) Has(path string) bool {
	_, ok := c.places[path]
	return ok
}

// Resolved is a file name of the configuration as the process opens it: relative names
// count from the configuration's folder.
func (c *Config) Resolved(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(c.Pos.File), name)
}

// findFiles expands the patterns of Schema.
func (c *Config) findFiles() Problems {
	var problems Problems
	for i, pattern := range c.Schema {
		path := fmt.Sprintf("schema[%d]", i)
		found, err := filepath.Glob(c.Resolved(pattern))
		switch {
		case err != nil:
			problems = append(problems, c.Problem(path, "", "%q: not a pattern of file names", pattern))
		case len(found) == 0:
			problems = append(problems, c.Problem(path, "the pattern counts from the folder of this file", "%q: no such file", pattern))
		}
		for _, f := range found {
			if !slices.Contains(c.Files, f) {
				c.Files = append(c.Files, f)
			}
		}
	}
	return problems
}

// Problem makes a problem of severity Error at a path.
func (c *Config) Problem(path, remedy, format string, args ...any) Problem {
	return Problem{Pos: c.At(path), Path: path, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

// cause is the reason of a file error without the name, which the position shows.
func cause(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
