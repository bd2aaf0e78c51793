package proxy

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool/loop"
)

// processList answers SHOW PROCESSLIST with the user's sessions of this Sluice process.
func (s *session) processList(full, more bool) {
	cols := s.processColumns(full)
	list := s.srv.all()
	slices.SortFunc(list, func(a, b *session) int { return cmp.Compare(a.id, b.id) })
	var rows [][][]byte
	for _, o := range list {
		if o.user.Name == s.user.Name {
			rows = append(rows, o.process(full))
		}
	}
	s.rows(cols, rows, more)
}

// processColumns are the columns of SHOW PROCESSLIST, or of SHOW FULL PROCESSLIST.
func (s *session) processColumns(full bool) []wire.Column {
	cs := s.resultCharset()
	text := func(name string, n uint32) wire.Column {
		return wire.Column{Name: name, Charset: cs, Length: n * 4, Type: wire.TypeVarString, Decimals: 31}
	}
	given := func(c wire.Column) wire.Column { c.Flags |= wire.FlagNotNull; return c }
	id := wire.Integer("Id", false)
	id.Length = 22
	clock := wire.Integer("Time", false)
	clock.Type, clock.Length = wire.TypeLong, 8
	info := text("Info", 100)
	if full {
		info.Type, info.Length = wire.TypeLongBlob, 3<<30
	}
	return []wire.Column{id, given(text("User", 32)), given(text("Host", 255)), text("db", 64), given(text("Command", 16)), clock, text("State", 30), info}
}

// process is one session's row. It may be called from other goroutines.
func (s *session) process(full bool) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, command := s.busy.Load(), "Query"
	if since == 0 {
		since, command = s.idle.Load(), "Sleep"
	}
	var info, db []byte
	if command == "Query" && s.shown != nil {
		n := len(s.shown)
		if !full {
			n = min(n, 100)
		}
		info = bytes.Clone(s.shown[:n])
	}
	if s.shownDB != "" {
		db = []byte(s.shownDB)
	}
	secs := int(time.Duration(loop.Ticks() - since).Seconds())
	return [][]byte{
		strconv.AppendUint(nil, uint64(s.id), 10), []byte(s.user.Name), []byte(s.host), db, []byte(command),
		strconv.AppendInt(nil, int64(max(0, secs)), 10), []byte(s.pinned), info,
	}
}
