package stream

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Redis publishes to one stream of a Redis server. It is safe for concurrent use.
type Redis struct {
	client *redis.Client
	stream string
	most   int64
}

// RedisOptions say where and how to publish.
type RedisOptions struct {
	Addr, User, Password string
	DB                   int
	Stream               string
	Most                 int64 // messages the stream keeps, about; 0: all
}

// NewRedis makes the publisher; it connects when there is something to publish.
func NewRedis(o RedisOptions) *Redis {
	c := redis.NewClient(&redis.Options{
		Addr: o.Addr, Username: o.User, Password: o.Password, DB: o.DB,
		MaxRetries:      -1, // the caller tries again, with all that has not been published
		DialerRetries:   1,
		DisableIdentity: true,
	})
	return &Redis{client: c, stream: o.Stream, most: o.Most}
}

// Publish appends the messages to the stream, in one transaction of Redis: were some
// appended without those before them, their order would be lost.
func (r *Redis) Publish(ctx context.Context, list []Message) error {
	_, err := r.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range list {
			values := make([]string, 0, 2*len(m.Fields))
			for _, f := range m.Fields {
				values = append(values, f.Name, f.Value)
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: r.stream, MaxLen: r.most, Approx: r.most > 0, Values: values})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("publishing to stream %s: %w", r.stream, err)
	}
	return nil
}

// Close closes the connections.
func (r *Redis) Close() error { return r.client.Close() }
