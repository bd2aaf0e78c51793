package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/conf"
)

// operators is the operators' address of a running Sluice: from --admin, or else
// admin.address of the configuration in --config.
type operators struct{ path, address string }

// flags gives a command the two flags.
func (o *operators) flags(c *cobra.Command) {
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.address, "admin", "", "operators' address of the running Sluice (default: admin.address of the configuration)")
}

func (o *operators) resolve() (string, error) {
	if o.address != "" {
		return o.address, nil
	}
	c, problems := conf.Read(o.path)
	if err := problems.Err(); err != nil {
		return "", err
	}
	if c.Admin.Address == "" {
		return "", fmt.Errorf("%s: admin.address is not set; use --admin", o.path)
	}
	return c.Admin.Address, nil
}

// get asks for a page and reads its JSON.
func (o *operators) get(page string, v url.Values, into any) error {
	text, err := o.ask(http.MethodGet, page, v)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// say asks for something to be done and prints what is said of it.
func (o *operators) say(w io.Writer, page string, v url.Values) error {
	text, err := o.ask(http.MethodPost, page, v)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// ask returns the answer's text; an answer that is not OK is an error.
func (o *operators) ask(method, page string, v url.Values) ([]byte, error) {
	address, err := o.resolve()
	if err != nil {
		return nil, err
	}
	timeout := 30 * time.Second
	if method == http.MethodPost {
		timeout = time.Hour // a schema statement, or all rows of a large table
	}
	req, err := http.NewRequest(method, "http://"+address+page+"?"+v.Encode(), http.NoBody) //nolint:noctx // the client has a timeout
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Timeout: timeout}).Do(req)
	if err != nil {
		return nil, &silentError{address, err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return text, err
}

// silentError says that no Sluice answers at an operators' address.
type silentError struct {
	address string
	err     error
}

func (e *silentError) Error() string {
	cause := e.err
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err
	}
	return fmt.Sprintf("no Sluice answers at %s: %v; does it run, and is this its admin.address?", e.address, cause)
}

func (e *silentError) Unwrap() error { return e.err }
