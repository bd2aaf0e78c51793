package admin

import "net/http"

func cacheStats(p Proxy, w http.ResponseWriter, _ *http.Request) { answer(w)(p.CacheStats()) }

func cacheFlush(p Proxy, w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if err := p.CacheFlush(q.Get("table"), q.Get("tenant")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = w.Write([]byte("flushed\n"))
}

func cacheForget(p Proxy, w http.ResponseWriter, r *http.Request) {
	if err := p.CacheForget(r.URL.Query().Get("process")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = w.Write([]byte("forgotten\n"))
}
