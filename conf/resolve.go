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
		k.secret(g.Path, g.PasswordEnv, g.PasswordFile, &g.Password, env)
		if g.TLSCA != "" {
			k.readable(g.Path+".tls_ca", g.TLSCA)
		}
	}
	if r := c.Cache.Redis; r != nil {
		k.redisSecret(r, env)
	}
	if r := c.Relay; r != nil {
		k.secret(r.Redis.Path, r.Redis.PasswordEnv, "", &r.Redis.Password, env)
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

// secret reads the password that the part at path leaves to a variable or a file.
func (k *checker) secret(path, variable, file string, to *Secret, env func(string) (string, bool)) {
	switch {
	case variable != "":
		text, ok := env(variable)
		if !ok {
			k.report(path+".password_env", "export it", "the environment has no %s", variable)
			return
		}
		*to = NewSecret(text)
	case file != "":
		text, err := firstLine(k.c.Resolved(file))
		if err != nil {
			k.report(path+".password_file", "", "%s: %s", file, cause(err))
			return
		}
		*to = NewSecret(text)
	}
}

func (k *checker) redisSecret(r *CacheRedis, env func(string) (string, bool)) {
	if r.TLSCA != "" {
		k.readable(r.Path+".tls_ca", r.TLSCA)
	}
	for key, v := range map[string]struct {
		variable string
		to       *Secret
	}{"password_env": {r.PasswordEnv, &r.Password}, "sentinel_password_env": {r.SentinelPasswordEnv, &r.SentinelPassword}} {
		if v.variable == "" {
			continue
		}
		text, ok := env(v.variable)
		if !ok {
			k.report(r.Path+"."+key, "export it", "the environment has no %s", v.variable)
			continue
		}
		*v.to = NewSecret(text)
	}
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
