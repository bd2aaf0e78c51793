package cache

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// A question to Redis takes about as long as setting timers for it: the client sets a
// deadline for its write and one for its read and takes both away before the next
// question, and each that is earlier than what the runtime waits for wakes a thread. So
// deadlines are set a little late, and stay until they would be too early; and where the
// client would look first whether the connection is still there, which is a system call,
// it finds nothing to look with: one that is gone fails its question, as one that breaks
// a moment later does.

// lazyConn is a connection whose deadlines may come up to slack later than they are set.
// A read and a write may happen at once, but no two of either.
type lazyConn struct {
	net.Conn
	slack       time.Duration
	read, write time.Time // as they are set
}

// SetDeadline takes away deadlines, which is not needed where each read and write sets its
// own, or sets them.
func (c *lazyConn) SetDeadline(t time.Time) error {
	if t.IsZero() {
		return nil
	}
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline sets a deadline if the present one does not do.
func (c *lazyConn) SetReadDeadline(t time.Time) error {
	return c.set(&c.read, t, c.Conn.SetReadDeadline)
}

// SetWriteDeadline sets a deadline if the present one does not do.
func (c *lazyConn) SetWriteDeadline(t time.Time) error {
	return c.set(&c.write, t, c.Conn.SetWriteDeadline)
}

func (c *lazyConn) set(now *time.Time, t time.Time, set func(time.Time) error) error {
	switch {
	case t.IsZero() && now.IsZero():
		return nil
	case t.IsZero():
	case !now.Before(t) && !now.After(t.Add(c.slack)):
		return nil
	default:
		t = t.Add(c.slack)
	}
	*now = t
	return set(t)
}

// lazily dials as the client of Redis would by itself.
func lazily(timeout time.Duration, secure *tls.Config, slack time.Duration) func(context.Context, string, string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: timeout}
	dial := plain.DialContext
	if secure != nil {
		dial = (&tls.Dialer{NetDialer: plain, Config: secure}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &lazyConn{Conn: c, slack: slack}, nil
	}
}

// until is a context with a deadline that nobody is woken for: reads and writes end by it.
type until struct {
	context.Context
	at time.Time
}

// Deadline implements context.Context.
func (u until) Deadline() (time.Time, bool) {
	if at, ok := u.Context.Deadline(); ok && at.Before(u.at) {
		return at, true
	}
	return u.at, true
}
