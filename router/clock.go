package router

import "sync"

// clockMap is a bounded map safe for concurrent use. When it is full, an entry that
// was not used since the hand passed it last makes room. It is cut into parts so that
// sessions seldom wait for each other.
type clockMap[K comparable, V any] struct {
	parts []clockPart[K, V]
}

type clockPart[K comparable, V any] struct {
	mu    sync.Mutex
	at    map[K]int // index into slots
	slots []clockSlot[K, V]
	limit int
	hand  int
}

type clockSlot[K comparable, V any] struct {
	key  K
	val  V
	used bool
	full bool
}

// clockParts is a power of two.
const clockParts = 32

func newClockMap[K comparable, V any](size int) *clockMap[K, V] {
	m := &clockMap[K, V]{parts: make([]clockPart[K, V], clockParts)}
	for i := range m.parts {
		m.parts[i].limit = max(1, (size+clockParts-1)/clockParts)
		m.parts[i].at = map[K]int{}
	}
	return m
}

// part chooses a part by a hash of the key.
func (m *clockMap[K, V]) part(hash uint64) *clockPart[K, V] {
	return &m.parts[(hash^hash>>32)&(clockParts-1)]
}

func (m *clockMap[K, V]) get(hash uint64, key K) (V, bool) {
	p := m.part(hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	i, ok := p.at[key]
	if !ok {
		var none V
		return none, false
	}
	p.slots[i].used = true
	return p.slots[i].val, true
}

func (m *clockMap[K, V]) put(hash uint64, key K, val V) {
	p := m.part(hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	if i, ok := p.at[key]; ok {
		p.slots[i].val = val
		return
	}
	i := p.room()
	p.slots[i] = clockSlot[K, V]{key: key, val: val, full: true}
	p.at[key] = i
}

// room returns a free slot, emptying one if need be.
func (p *clockPart[K, V]) room() int {
	if len(p.slots) < p.limit {
		p.slots = append(p.slots, clockSlot[K, V]{})
		return len(p.slots) - 1
	}
	for p.slots[p.hand].used {
		p.slots[p.hand].used = false
		p.hand = (p.hand + 1) % len(p.slots)
	}
	i := p.hand
	p.hand = (p.hand + 1) % len(p.slots)
	if p.slots[i].full {
		delete(p.at, p.slots[i].key)
	}
	return i
}

func (m *clockMap[K, V]) remove(hash uint64, key K) {
	p := m.part(hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	if i, ok := p.at[key]; ok {
		delete(p.at, key)
		p.slots[i] = clockSlot[K, V]{}
	}
}

func (m *clockMap[K, V]) len() int {
	n := 0
	for i := range m.parts {
		m.parts[i].mu.Lock()
		n += len(m.parts[i].at)
		m.parts[i].mu.Unlock()
	}
	return n
}
