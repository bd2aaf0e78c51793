package mysqltest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/sluicedb/sluice/test/child"
)

// Options of a server.
type Options struct {
	// Dir is the folder to put the server's own folder into; empty: the system's
	// temporary folder. Stop removes what is under it.
	Dir string
	// Flags are further flags of mysqld; they win over ours.
	Flags []string
	// Env is added to the server's environment.
	Env []string
	// PerformanceSchema is off by default: it costs 300 MB.
	PerformanceSchema bool
	// Durable syncs at every commit.
	Durable bool
	// ServerID is unique among servers that replicate; 0: made from the port.
	ServerID int
}

// Server is one running mysqld on the loopback with the user root without password.
type Server struct {
	Binary Binary
	Port   int
	Dir    string // data folder, socket, log

	opts Options
	cmd  *exec.Cmd
	done <-chan error
}

// Launch starts a server and waits until it answers. The server ends with this
// process, or by Stop.
func Launch(ctx context.Context, o Options) (*Server, error) {
	b, err := Find(ctx)
	if err != nil {
		return nil, err
	}
	template, err := b.template(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Dir, "mysqld-")
	if err != nil {
		return nil, err
	}
	s := &Server{Binary: b, Dir: dir, opts: o}
	if out, err := exec.CommandContext(ctx, "cp", "-r", "--reflink=auto", template, s.data()).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copying the template: %w: %s", err, out)
	}
	if err := os.Remove(filepath.Join(s.data(), "auto.cnf")); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	if s.Port, err = FreePort(); err != nil {
		return nil, err
	}
	if err := s.Start(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// FreePort returns a port of 127.0.0.1 that nobody listens on. It is none of those that
// Linux gives to outgoing connections, so that it stays free for a server that starts again.
func FreePort() (int, error) {
	var err error
	for range 100 {
		port := 15000 + rand.IntN(17000)
		var ln net.Listener
		if ln, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			return port, ln.Close()
		}
	}
	return 0, fmt.Errorf("no free port: %w", err)
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// Socket is the path of the server's Unix socket.
func (s *Server) Socket() string { return filepath.Join(s.Dir, "s.sock") }

// Addr is host:port.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// DSN is the address for go-sql-driver; database may be empty.
func (s *Server) DSN(database string) string {
	return "root@tcp(" + s.Addr() + ")/" + database + "?multiStatements=true&interpolateParams=true"
}

// DB opens a handle; the caller closes it.
func (s *Server) DB(database string) (*sql.DB, error) {
	cfg, err := mysql.ParseDSN(s.DSN(database))
	if err != nil {
		return nil, err
	}
	cfg.Logger = quiet{} // connections fail while a server starts or dies
	c, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

type quiet struct{}

func (quiet) Print(...any) {}

// Exec runs statements, one string each.
func (s *Server) Exec(ctx context.Context, statements ...string) error {
	db, err := s.DB("")
	if err != nil {
		return err
	}
	defer db.Close()
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

func (s *Server) args() []string {
	id := s.opts.ServerID
	if id == 0 {
		id = s.Port
	}
	a := []string{
		"--no-defaults", "--datadir=" + s.data(), "--port=" + strconv.Itoa(s.Port), "--bind-address=127.0.0.1",
		"--socket=" + s.Socket(), "--pid-file=" + filepath.Join(s.Dir, "pid"), "--log-error=" + filepath.Join(s.Dir, "log"),
		"--mysqlx=OFF", "--innodb-buffer-pool-size=64M", "--gtid-mode=ON", "--enforce-gtid-consistency=ON",
		"--log-bin=binlog", "--server-id=" + strconv.Itoa(id), "--report-host=127.0.0.1", "--report-port=" + strconv.Itoa(s.Port),
		"--local-infile=ON", "--max-connections=2000", "--max-allowed-packet=256M", "--secure-file-priv=",
	}
	a = append(a, s.Binary.where()...)
	if !s.opts.PerformanceSchema {
		a = append(a, "--performance-schema=OFF")
	}
	if !s.opts.Durable {
		a = append(a, "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0")
	}
	return append(a, s.opts.Flags...)
}

// where are the flags an unpacked server needs to find its own files.
func (b Binary) where() []string {
	a := []string{}
	if os.Geteuid() == 0 {
		a = append(a, "--user=root")
	}
	if b.Base != "" {
		a = append(a, "--basedir="+b.Base, "--lc-messages-dir="+b.Base+"/share/mysql", "--plugin-dir="+b.Base+"/lib/mysql/plugin")
	}
	return a
}

// Start runs mysqld on the server's folder, after Stop's sibling Kill, and waits until
// it answers.
func (s *Server) Start(ctx context.Context) error {
	s.cmd = exec.Command(s.Binary.Mysqld, s.args()...)
	s.cmd.Env = append(os.Environ(), s.opts.Env...)
	var err error
	if s.done, err = child.Start(s.cmd); err != nil {
		return err
	}
	return s.await(ctx)
}

func (s *Server) await(ctx context.Context) error {
	db, err := s.DB("")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-s.done:
			log, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
			return fmt.Errorf("mysqld ended while starting: %s", tail(log))
		case <-ctx.Done():
			return fmt.Errorf("mysqld does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func tail(log []byte) []byte { return log[max(0, len(log)-2000):] }

// PID is the id of the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Signal sends a signal: SIGSTOP and SIGCONT pause and wake it.
func (s *Server) Signal(sig syscall.Signal) error { return s.cmd.Process.Signal(sig) }

// Kill ends the server at once, as a crash does. Start brings it back.
func (s *Server) Kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Ends waits until the server has ended by itself, as it does after cloning another, or
// ends it after a while.
func (s *Server) Ends() {
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		s.Kill()
	}
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	s.Kill()
	_ = os.RemoveAll(s.Dir)
}

// template returns an initialised data folder for copying, made once per version.
func (b Binary) template(ctx context.Context) (string, error) {
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "template-"+b.Version)
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	tmp := dir + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return "", err
	}
	args := append([]string{"--no-defaults", "--initialize-insecure", "--datadir=" + tmp}, b.where()...)
	if out, err := exec.CommandContext(ctx, b.Mysqld, args...).CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("initialising MySQL: %w", err), errors.New(string(bytes.TrimSpace(out))))
	}
	return dir, os.Rename(tmp, dir)
}
