package proxy

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
)

// What became of a COMMIT is said as definite only where it is known.
func TestCommitFailed(t *testing.T) {
	lost := &lostError{server: "s", txn: true, err: errors.New("gone")}
	timeout := wire.Errorf(1205, "HY000", "Lock wait timeout exceeded")
	for _, c := range []struct {
		err  error
		want uint16
	}{
		{lost, 1213}, {timeout, 1213}, {wire.Errorf(1062, "23000", "there is an abort"), 1213},
		{wire.Errorf(1317, "70100", "interrupted"), 1317},
		{&unknownError{"id", "g0", lost}, 1180}, {&unknownError{"id", "g0", timeout}, 1180},
	} {
		require.Equal(t, c.want, toClient(commitFailed(c.err)).Number, "%v", c.err)
	}
}
