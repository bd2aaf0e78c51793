package conf

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
)

// maxSecret bounds a password file, in bytes.
const maxSecret = 64 << 10

// Resolve reads the passwords that the file leaves to the environment or to other
// files, and checks that certificates are there. It is part of Load.
func (c *Config) Resolve(env func(string) (string, bool)) Problems {
	k := &checker{c: c}
	for _, g := range c.Groups {
		k.secret(g, env)
		if g.TLSCA != "" {
			k.readable(g.Path+".tls_ca", g.TLSCA)
		}
	}
	if r := c.Cache.Redis; r != nil {
		k.redisSecret(r, env)
	}
	for _, l := range c.Listen {
		if l.TLS == nil {
			continue
		}
		for key, name := range map[string]string{"cert": l.TLS.Cert, "key": l.TLS.Key, "client_ca": l.TLS.ClientCA} {
			if name != "" {
				k.readable(l.TLS.Path+"."+key, name)
			}
		}
	}
	k.problems.Sort()
	return k.problems
}

func (k *checker) secret(g *Group, env func(string) (string, bool)) {
	switch {
	case g.PasswordEnv != "":
		text, ok := env(g.PasswordEnv)
		if !ok {
			k.report(g.Path+".password_env", "export it", "the environment has no %s", g.PasswordEnv)
			return
		}
		g.Password = NewSecret(text)
	case g.PasswordFile != "":
		text, err := firstLine(k.c.Resolved(g.PasswordFile))
		if err != nil {
			k.report(g.Path+".password_file", "", "%s: %s", g.PasswordFile, cause(err))
			return
		}
		g.Password = NewSecret(text)
	}
}

func (k *checker) redisSecret(r *CacheRedis, env func(string) (string, bool)) {
	if r.TLSCA != "" {
		k.readable(r.Path+".tls_ca", r.TLSCA)
	}
	if r.PasswordEnv == "" {
		return
	}
	text, ok := env(r.PasswordEnv)
	if !ok {
		k.report(r.Path+".password_env", "export it", "the environment has no %s", r.PasswordEnv)
		return
	}
	r.Password = NewSecret(text)
}

// firstLine reads the first line of a file, without its end.
func firstLine(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecret {
		return "", errors.New("is too long for a password")
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r"), nil
}

func (k *checker) readable(path, name string) {
	f, err := os.Open(k.c.Resolved(name))
	if err != nil {
		k.report(path, "", "%s: %s", name, cause(err))
		return
	}
	_ = f.Close()
}
