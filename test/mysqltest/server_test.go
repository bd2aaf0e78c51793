package mysqltest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServerLivesThroughACrash(t *testing.T) {
	s := Start(t, Options{})
	require.NoError(t, s.Exec(context.Background(), "CREATE DATABASE d", "CREATE TABLE d.t (a INT)", "INSERT INTO d.t VALUES (7)"))
	s.Kill()
	require.NoError(t, s.Start(context.Background()))
	var a int
	require.NoError(t, s.Open(t, "d").QueryRow("SELECT a FROM t").Scan(&a))
	require.Equal(t, 7, a)
}
