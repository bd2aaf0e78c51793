package cache

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Questions for versions are asked together, as transactions are committed together: who
// asks while others' questions are on their way joins those who wait, and one of these
// takes them all along as soon as there is room. What is asked is sent after all who are
// answered by it have asked, so each answer is as new as if it had been asked alone. Nobody
// but those who ask is needed for it: one who asks alone waits for no other goroutine.

// flights is how many batches may be on their way.
const flights = 2

// batch are questions that are asked together.
type batch struct {
	words   []byte // the marks of all, in decimal
	marks   int
	replies []*replyAsk

	lead chan struct{} // tells one of those who wait to ask
	done chan struct{} // closed when the answer is there

	ok       bool
	origin   string
	versions []uint64
}

// replyAsk is the question for a reply, which is asked along.
type replyAsk struct {
	key   string
	value []byte // empty: there is none
}

// timers are used again; almost none of them ever fires.
var timers = sync.Pool{New: func() any { return time.NewTimer(time.Hour) }}

// versions asks Redis for the versions of marks, and for a reply where it is given a key;
// the value is empty and not nil if Redis has none. False: exact replies cannot be used.
// The versions must be cloned to be kept.
func (r *Shared) versions(ctx context.Context, list []Mark, key []byte) (there stamp, value []byte, ok bool) {
	if time.Now().UnixNano() < r.closedAt.Load() {
		return stamp{}, nil, false
	}
	var reply *replyAsk
	if key != nil {
		reply = &replyAsk{key: r.valueKey(key), value: []byte{}}
	}
	b, from, first := r.enlist(list, reply)
	if first {
		r.fly(ctx, b)
	} else if !r.await(ctx, b) {
		return stamp{}, nil, false
	}
	if !b.ok {
		return stamp{}, nil, false
	}
	if reply != nil {
		value = reply.value
	}
	return stamp{origin: b.origin, versions: b.versions[from : from+len(list)]}, value, true
}

// enlist adds a question to the batch that is being collected. With first the caller is to
// ask at once.
func (r *Shared) enlist(list []Mark, reply *replyAsk) (b *batch, from int, first bool) {
	const most = 2000 // marks in one batch
	r.asking.Lock()
	defer r.asking.Unlock()
	if b = r.next; b == nil {
		b = &batch{lead: make(chan struct{}, 1), done: make(chan struct{})}
		r.next = b
	}
	from = b.marks
	for _, m := range list {
		b.words = append(strconv.AppendUint(b.words, uint64(m), 10), ' ')
	}
	b.marks += len(list)
	if reply != nil {
		b.replies = append(b.replies, reply)
	}
	if r.flying < flights || b.marks > most {
		r.flying++
		r.next = nil
		return b, from, true
	}
	return b, from, false
}

// await waits for the answer to a batch, or asks; false: it took too long.
func (r *Shared) await(ctx context.Context, b *batch) bool {
	timer := timers.Get().(*time.Timer)
	timer.Reset(r.o.Deadline)
	defer func() { timer.Stop(); timers.Put(timer) }()
	for {
		select {
		case <-b.done:
			return true
		case <-timer.C:
			return false
		case <-b.lead:
			if r.seal(b) {
				r.fly(ctx, b)
				return true
			}
		}
	}
}

// seal ends the collecting of a batch for one who was told to ask; false: somebody else has
// asked already.
func (r *Shared) seal(b *batch) bool {
	r.asking.Lock()
	defer r.asking.Unlock()
	if r.next == b {
		r.next = nil
		return true
	}
	r.landed()
	return false
}

// landed gives the place of a batch that was on its way to the next. r.asking is held.
func (r *Shared) landed() {
	if r.next == nil || r.flying > flights {
		r.flying--
		return
	}
	select {
	case r.next.lead <- struct{}{}:
	default: // somebody was told already
		r.flying--
	}
}

// fly asks for a batch, which is collected no more.
func (r *Shared) fly(ctx context.Context, b *batch) {
	// Others wait for the answer, too: it does not matter that the one who asks has left.
	r.ask(context.WithoutCancel(ctx), b)
	r.asking.Lock()
	r.landed()
	r.asking.Unlock()
	close(b.done)
}

// check returns origin, server, the processes with what their leases say, and the
// versions of the marks in ARGV[2].
var check = redis.NewScript(prologue + `
local leases = redis.call('HGETALL', KEYS[2])
local names = {}
for i = 1, #leases, 2 do
  local state = 'lapsed'
  if leases[i + 1] == 'gone' then
    state = 'gone'
  else
    local till, where = string.match(leases[i + 1], '^(%d+) (%S+ %S+)')
    if till and where == run .. ' ' .. origin and tonumber(till) >= now then
      state = 'live'
    end
  end
  names[#names + 1] = state .. ' ' .. leases[i]
end
local list = {}
for m in string.gmatch(ARGV[2], '%d+') do
  list[#list + 1] = m
end
local versions = redis.call('HMGET', KEYS[1], unpack(list))
for i = 1, #list do
  versions[i] = versions[i] or '0'
end
return {origin, run, table.concat(names, '\n'), table.concat(versions, ' ')}`)

// ask asks Redis for a batch.
func (r *Shared) ask(ctx context.Context, b *batch) {
	out, err := r.runWith(ctx, check, r.o.Deadline, b.replies, newOrigin(), b.words)
	if err != nil || len(out) != 4 {
		return
	}
	origin, _ := out[0].(string)
	server, _ := out[1].(string)
	names, _ := out[2].(string)
	versions, _ := out[3].(string)
	if origin == "" || server == "" || !r.allLive(names) {
		return
	}
	b.versions = make([]uint64, 0, b.marks)
	for len(versions) > 0 {
		var word string
		word, versions, _ = strings.Cut(versions, " ")
		v, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return
		}
		b.versions = append(b.versions, v)
	}
	b.origin, b.ok = origin+server, len(b.versions) == b.marks
}

// allLive reports whether all processes there are, and were, hold their leases.
func (r *Shared) allLive(names string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if names == r.live && names != "" {
		return true // as before
	}
	said := map[string]bool{}
	r.lapsed, r.live = "", ""
	if names == "" {
		return false // Redis knows nobody, not even us
	}
	for _, text := range strings.Split(names, "\n") {
		state, name, _ := strings.Cut(text, " ")
		said[name] = true
		switch state {
		case "gone":
			delete(r.known, name)
		case "lapsed":
			r.known[name], r.lapsed = true, name
		default:
			r.known[name] = true
		}
	}
	for name := range r.known {
		if !said[name] {
			r.lapsed = name // Redis has lost its data, and the process has not been seen since
		}
	}
	if r.lapsed == "" {
		r.live = names
	}
	return r.lapsed == ""
}
