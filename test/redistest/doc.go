// Package redistest starts real Redis servers for tests, and breaks them. A Redis is
// $SLUICE_REDIS, redis-server on PATH, or one unpacked from Debian beside the system,
// once.
package redistest
