// Package admin is Sluice's address for operators: metrics, health, profiles, and the
// questions that `sluice route` and its siblings ask a running process. It is meant
// for a private network; it has no authentication of its own.
package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Proxy is what the commands need of a running Sluice. Its methods are safe for
// concurrent use.
type Proxy interface {
	// Route explains a statement without running it.
	Route(Question) (any, error)
	// Recent returns the newest routing decisions, newest first.
	Recent(Filter) any
	// Reload reads the configuration again and puts it in force, or changes nothing.
	Reload() error
	// Transactions lists prepared transactions; with an id also its decision.
	Transactions(id string) (any, error)
	// Resolve finishes a prepared transaction as was decided, or as verdict says.
	Resolve(id, verdict string) (any, error)
	// Definitions lists the journal of statements about definitions; with an id that one.
	Definitions(id uint64) (any, error)
	// ResumeDefinition runs one on the shards that do not have it, or forgets it.
	ResumeDefinition(id uint64, forget bool) (any, error)
	// UndoDefinition takes one back from the shards that have it.
	UndoDefinition(id uint64) (any, error)
	// Unique looks at the enforced unique keys of a table; rebuild: claims what is missing.
	Unique(table string, rebuild bool) (any, error)
	// Topology tells of every group its servers and what has happened to it.
	Topology() any
	// SwitchOver makes another server the primary of a group; dry: only checks.
	SwitchOver(group, to string, drain time.Duration, dry bool) error
	// CacheStats returns the numbers of the cache.
	CacheStats() (any, error)
	// CacheFlush puts out of date what is kept of a table, of one tenant or of all;
	// without a table everything.
	CacheFlush(table, tenant string) error
	// CacheForget is about a process that has gone without a word and will not come back.
	CacheForget(process string) error
	// Ready returns nil when statements can be served.
	Ready() error
	// Collector exports the process's numbers.
	Collector() prometheus.Collector
}

// Question is a statement to explain, and the session to imagine.
type Question struct {
	SQL      string
	Database string
	Tenant   string
}

// Filter chooses recent decisions. Zero fields choose all.
type Filter struct {
	Last   int
	Conn   uint32
	Tenant string // of the decision's key value or of the session
	Stmt   string // part of the fingerprint
}

// command is one path of the address.
type command struct {
	method, path, help string
	run                func(Proxy, http.ResponseWriter, *http.Request)
}

func commands() []command {
	return []command{
		{"GET", "/healthz", "the process lives", healthz},
		{"GET", "/readyz", "statements can be served", readyz},
		{"GET", "/route", "explain ?sql= for ?database= and ?tenant=", route},
		{"GET", "/routes", "recent decisions: ?last= ?conn= ?tenant= ?stmt=", routes},
		{"POST", "/reload", "read the configuration again", reload},
		{"GET", "/tx", "prepared transactions; with ?id= one and what was decided", transactions},
		{"GET", "/cache", "numbers of the cache", cacheStats},
		{"POST", "/cache/flush", "put out of date what is kept of ?table=, of ?tenant= only", cacheFlush},
		{"POST", "/cache/forget", "?process= has gone without a word and writes no more", cacheForget},
		{"POST", "/tx/resolve", "finish ?id= as was decided, or as ?verdict=commit|rollback says", resolve},
		{"GET", "/topology", "groups, their servers and what has happened to them", topology},
		{"POST", "/switchover", "make ?to= the primary of ?group=; with ?dry=1 only check", switchOver},
		{"GET", "/ddl", "statements about definitions; with ?id= one and its shards", definitions},
		{"POST", "/unique/verify", "the enforced unique keys of ?table=, rows without a claim and duplicates", verifyUnique},
		{"POST", "/unique/rebuild", "claim the values of all rows of ?table=", rebuildUnique},
		{"POST", "/ddl/resume", "finish ?id=, or with ?forget=1 close it where the shards are alike", resumeDefinition},
		{"POST", "/ddl/undo", "take ?id= back from the shards that have it", undoDefinition},
	}
}

// Handler serves the address.
func Handler(p Proxy) http.Handler {
	mux := http.NewServeMux()
	reg := prometheus.NewRegistry()
	reg.MustRegister(p.Collector(), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	for _, c := range commands() {
		mux.HandleFunc(c.method+" "+c.path, func(w http.ResponseWriter, r *http.Request) { c.run(p, w, r) })
	}
	mux.HandleFunc("GET /{$}", index)
	return mux
}

func index(w http.ResponseWriter, _ *http.Request) {
	for _, c := range commands() {
		_, _ = w.Write([]byte(c.method + " " + c.path + "  " + c.help + "\n"))
	}
	_, _ = w.Write([]byte("GET /metrics  Prometheus\nGET /debug/pprof/  profiles\n"))
}

func healthz(_ Proxy, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

func readyz(p Proxy, w http.ResponseWriter, _ *http.Request) {
	if err := p.Ready(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

func route(p Proxy, w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	answer(w)(p.Route(Question{SQL: q.Get("sql"), Database: q.Get("database"), Tenant: q.Get("tenant")}))
}

func routes(p Proxy, w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := Filter{Last: 50, Tenant: q.Get("tenant"), Stmt: q.Get("stmt")}
	if n, err := strconv.Atoi(q.Get("last")); err == nil {
		f.Last = n
	}
	if n, err := strconv.ParseUint(q.Get("conn"), 10, 32); err == nil {
		f.Conn = uint32(n)
	}
	answer(w)(p.Recent(f), nil)
}

func reload(p Proxy, w http.ResponseWriter, _ *http.Request) {
	if err := p.Reload(); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_, _ = w.Write([]byte("reloaded\n"))
}

func transactions(p Proxy, w http.ResponseWriter, r *http.Request) {
	answer(w)(p.Transactions(r.URL.Query().Get("id")))
}

func resolve(p Proxy, w http.ResponseWriter, r *http.Request) {
	answer(w)(p.Resolve(r.URL.Query().Get("id"), r.URL.Query().Get("verdict")))
}

func definitions(p Proxy, w http.ResponseWriter, r *http.Request) {
	id, err := definitionID(r, "0")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer(w)(p.Definitions(id))
}

func verifyUnique(p Proxy, w http.ResponseWriter, r *http.Request) {
	answer(w)(p.Unique(r.URL.Query().Get("table"), false))
}

func rebuildUnique(p Proxy, w http.ResponseWriter, r *http.Request) {
	answer(w)(p.Unique(r.URL.Query().Get("table"), true))
}

func resumeDefinition(p Proxy, w http.ResponseWriter, r *http.Request) {
	id, err := definitionID(r, "")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer(w)(p.ResumeDefinition(id, r.URL.Query().Get("forget") != ""))
}

func undoDefinition(p Proxy, w http.ResponseWriter, r *http.Request) {
	id, err := definitionID(r, "")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer(w)(p.UndoDefinition(id))
}

// definitionID reads ?id=.
func definitionID(r *http.Request, missing string) (uint64, error) {
	text := r.URL.Query().Get("id")
	if text == "" {
		text = missing
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not the number of a statement", text)
	}
	return id, nil
}

// answer writes a value as JSON, or an error as text.
func answer(w http.ResponseWriter) func(any, error) {
	return func(v any, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		_ = e.Encode(v)
	}
}

func topology(p Proxy, w http.ResponseWriter, _ *http.Request) { answer(w)(p.Topology(), nil) }

func switchOver(p Proxy, w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	drain, err := time.ParseDuration(v.Get("drain"))
	if err != nil || drain < 0 || drain > 5*time.Minute {
		http.Error(w, "drain is a time of at most 5m", http.StatusBadRequest)
		return
	}
	dry := v.Get("dry") != ""
	if err := p.SwitchOver(v.Get("group"), v.Get("to"), drain, dry); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	said := "done: " + v.Get("to") + " is the primary\n"
	if dry {
		said = "it can be done; nothing was changed\n"
	}
	_, _ = w.Write([]byte(said))
}
