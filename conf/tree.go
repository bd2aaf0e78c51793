package conf

import (
	"net/netip"
	"time"
)

// The tags that the decoder reads from the tree's fields:
//
//	yaml:"key"          the key in the file; ",name" marks the field that takes the key
//	                    of the enclosing mapping; "-" a field that is not in the file
//	need:"yes"          the key must be written
//	one:"a b c"         the value is one of these words
//	range:"1..65535"    bounds of a number, size or duration; either may be missing
//	form:"address"      a check of the text: address, name, identifier, offset
//	scalar:"any"        a text that may be written without quotes though it looks like a number
//	short:"yes"         a text may stand for the whole mapping: it is this key's value
//	reload:"restart"    a running Sluice cannot change it; "live" inside such a part: it can

// Config is the whole tree. It is not changed after it was loaded.
type Config struct {
	Place     `yaml:"-"`
	Version   int         `yaml:"version" need:"yes" range:"1..1"`
	Database  string      `yaml:"database" form:"identifier" reload:"restart"` // the logical database
	Listen    []*Listen   `yaml:"listen" reload:"restart"`
	Admin     Admin       `yaml:"admin"`
	Users     []*User     `yaml:"users"`
	Groups    []*Group    `yaml:"groups" need:"yes"`
	Databases []*Database `yaml:"databases" need:"yes"`
	Pins      []*Pin      `yaml:"pins"`
	Reads     Reads       `yaml:"reads"`
	Schema    []string    `yaml:"schema"` // patterns of SQL files, relative to the configuration
	Cache     Cache       `yaml:"cache"`
	Locks     Locks       `yaml:"locks" reload:"restart"`
	Counters  *Counters   `yaml:"counters" reload:"restart"`
	Relay     *Relay      `yaml:"relay" reload:"restart"`
	Limits    Limits      `yaml:"limits"`
	Log       Log         `yaml:"log"`

	// Files are the SQL files that Schema names, in the order of the patterns. Only
	// Read and Load fill it.
	Files []string `yaml:"-"`

	places map[string]Pos // path of every value in the file -> where it is
}

// Listen is one address that clients connect to.
type Listen struct {
	Place          `yaml:"-"`
	Address        string     `yaml:"address" need:"yes" form:"address"`
	TLS            *ListenTLS `yaml:"tls" reload:"live"`
	ProxyProtocol  bool       `yaml:"proxy_protocol"` // the balancer in front sends PROXY headers
	MaxConnections int        `yaml:"max_connections" range:"1..1000000" reload:"live"`
}

// ListenTLS is how a listener encrypts. Relative file names count from the
// configuration's folder; see Config.Resolved.
type ListenTLS struct {
	Place    `yaml:"-"`
	Cert     string `yaml:"cert" need:"yes"`
	Key      string `yaml:"key" need:"yes"`
	ClientCA string `yaml:"client_ca"` // given: clients must show a certificate it signed
	Required bool   `yaml:"required"`  // refuse clients that do not encrypt
}

// Admin is the administrators' address; an empty address means none.
type Admin struct {
	Place   `yaml:"-"`
	Address string `yaml:"address" form:"address" reload:"restart"`
}

// Auth says who checks a client's password.
type Auth string

// The values of Auth.
const (
	AuthPassword Auth = "password" // Sluice, against password or password_hash
	AuthBackend  Auth = "backend"  // the primary of User.Group, which knows the same user
)

// Plugin is an authentication plugin, by its MySQL name.
type Plugin string

// The plugins.
const (
	CachingSHA2    Plugin = "caching_sha2_password"
	NativePassword Plugin = "mysql_native_password"
)

// Policy says what a statement that would ask every shard may do. The empty Policy
// leaves it to the next wider rule.
type Policy string

// The policies.
const (
	Allow Policy = "allow"
	Warn  Policy = "warn"
	Deny  Policy = "deny"
)

// User is one account that clients log in with.
type User struct {
	Place        `yaml:"-"`
	Name         string   `yaml:"name" need:"yes" scalar:"any"`
	Auth         Auth     `yaml:"auth" one:"password backend"`
	Password     Secret   `yaml:"password"`
	PasswordHash Secret   `yaml:"password_hash"` // see ParseHash
	Group        string   `yaml:"group"`         // with AuthBackend
	Plugin       Plugin   `yaml:"plugin" one:"caching_sha2_password mysql_native_password"`
	Hosts        []Prefix `yaml:"hosts"` // where the client may come from
	RequireTLS   bool     `yaml:"require_tls"`
	// Tenant is the tenant that a session of this user begins with; empty for none.
	Tenant string `yaml:"tenant" scalar:"any"`
	// TenantOnly confines every statement of the user to Tenant.
	TenantOnly     bool   `yaml:"tenant_only"`
	MaxConnections int    `yaml:"max_connections" range:"0..1000000"` // 0: no limit of its own
	Scatter        Policy `yaml:"scatter" one:"allow warn deny"`
	// Consistency of the user's reads; empty: as the tables say.
	Consistency Consistency `yaml:"consistency" one:"strong session bounded any"`
	// Replay: sessions begin with sluice_replay on.
	Replay bool `yaml:"replay"`
	// Commit is what sluice_commit is when a session begins.
	Commit Commit `yaml:"commit" one:"plain known"`
	// Replicas are those that the user's reads use: ordinary ones, or those with role report.
	Replicas ReplicaRole `yaml:"replicas" one:"read report"`
}

// Commit is how a transaction that has changed one group is committed.
type Commit string

// The ways to commit.
const (
	CommitPlain Commit = "plain" // where the answer is lost nobody can tell what came of it
	CommitKnown Commit = "known" // a row is written with it, and looked for where the answer is lost
)

// TLSMode is how a connection to a server is encrypted; the words mean what they mean
// to the mysql client's --ssl-mode.
type TLSMode string

// The modes.
const (
	TLSDisabled   TLSMode = "disabled"
	TLSPreferred  TLSMode = "preferred"
	TLSRequired   TLSMode = "required"
	TLSVerifyCA   TLSMode = "verify_ca"
	TLSVerifyFull TLSMode = "verify_full"
)

// Group is one MySQL replication group.
type Group struct {
	Place        `yaml:"-"`
	Name         string     `yaml:",name" form:"name"`
	Primary      string     `yaml:"primary" need:"yes" form:"address"`
	Replicas     []*Replica `yaml:"replicas"`
	Reads        Reads      `yaml:"reads"` // what is not written is as Config.Reads says
	User         string     `yaml:"user" need:"yes" scalar:"any"`
	Password     Secret     `yaml:"password"`      // after Load also what the two below name
	PasswordEnv  string     `yaml:"password_env"`  // the environment variable that holds it
	PasswordFile string     `yaml:"password_file"` // the file whose first line is it
	TLS          TLSMode    `yaml:"tls" one:"disabled preferred required verify_ca verify_full"`
	TLSCA        string     `yaml:"tls_ca"` // PEM file; empty: the system's authorities
	Pool         Pool       `yaml:"pool"`
	Probe        Probe      `yaml:"probe"` // of groups with replicas
	Hold         Hold       `yaml:"hold"`  // of groups with replicas
	Failover     Failover   `yaml:"failover"`
}

// Probe says how the servers of a group with replicas are watched: who of them is the
// primary, and how far the others are behind.
type Probe struct {
	Place    `yaml:"-"`
	Interval time.Duration `yaml:"interval" range:"10ms..1m"`
	Timeout  time.Duration `yaml:"timeout" range:"10ms..1m"` // after which a server counts as down
	// Heartbeat writes a row into sluice.heartbeat on the primary at every interval, by
	// which lag is measured.
	Heartbeat bool `yaml:"heartbeat"`
	// Slow: reads leave a replica alone that answers so much later than the fastest
	// server of its group. 0: never.
	Slow time.Duration `yaml:"slow" range:"0s..1m"`
}

// Hold says how long statements wait while a group has no primary, and how many may.
type Hold struct {
	Place      `yaml:"-"`
	Time       time.Duration `yaml:"time" range:"0s..10m"`
	Statements int           `yaml:"statements" range:"0..1000000"`
	Bytes      Size          `yaml:"bytes" range:"0.."` // of all of them; one may always wait
}

// Failover says whether Sluice itself replaces a primary that has died. The group's user
// needs the rights for it: SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, REPLICATION
// SLAVE and CLIENT, CONNECTION_ADMIN.
type Failover struct {
	Place `yaml:"-"`
	Own   bool          `yaml:"own"`
	After time.Duration `yaml:"after" range:"100ms..10m"` // how long the primary must not have answered
}

// Consistency says how new what a read sees must be.
type Consistency string

// The levels.
const (
	Strong  Consistency = "strong"  // the primary
	Session Consistency = "session" // a replica that has the session's own writes
	Bounded Consistency = "bounded" // a replica that is at most Reads.MaxLag behind
	Any     Consistency = "any"     // any replica that answers
)

// DownPolicy says what becomes of reads when no replica can take them.
type DownPolicy string

// The policies.
const (
	DownPrimary DownPolicy = "primary" // the primary answers them
	DownRefuse  DownPolicy = "refuse"  // they are refused, to spare the primary
)

// Reads says how reads use replicas.
type Reads struct {
	Place           `yaml:"-"`
	Consistency     Consistency   `yaml:"consistency" one:"strong session bounded any"` // of tables that do not say
	MaxLag          time.Duration `yaml:"max_lag" range:"1ms.."`                        // with Bounded
	Wait            time.Duration `yaml:"wait" range:"0s..10s"`                         // with Session: for a replica to catch up, then the primary is read
	AllReplicasDown DownPolicy    `yaml:"all_replicas_down" one:"primary refuse"`
	Zone            string        `yaml:"zone" form:"name"` // of this Sluice: replicas of it come first
}

// ReplicaRole says what a replica is for.
type ReplicaRole string

// The roles.
const (
	RoleRead   ReplicaRole = "read"   // any read whose consistency allows it
	RoleReport ReplicaRole = "report" // reads of users and sessions that ask for it
)

// Replica is one replica of a group.
type Replica struct {
	Place   `yaml:"-"`
	Address string      `yaml:"address" need:"yes" form:"address" short:"yes"`
	Weight  int         `yaml:"weight" range:"0..1000"` // its share of the reads; 0: none
	Zone    string      `yaml:"zone" form:"name"`
	Role    ReplicaRole `yaml:"role" one:"read report"`
}

// Pool bounds the connections to each server of a group.
type Pool struct {
	Place    `yaml:"-"`
	Min      int           `yaml:"min" range:"0..100000"` // kept open when idle
	Max      int           `yaml:"max" range:"1..100000"`
	Idle     time.Duration `yaml:"idle" range:"1s.."`        // closed when idle for longer
	Lifetime time.Duration `yaml:"lifetime" range:"1s.."`    // closed when older
	Wait     time.Duration `yaml:"wait" range:"1ms.."`       // how long a statement waits for a free one
	Queue    int           `yaml:"queue" range:"1..1000000"` // how many may wait; more are refused at once
	Share    int           `yaml:"share" range:"1..100"`     // per cent of Max that the statements of one shard may hold where the group has several
	Dial     time.Duration `yaml:"dial" range:"1ms.."`       // how long each answer may take while connecting
}

// Database is one of the databases that make up the logical one.
type Database struct {
	Place  `yaml:"-"`
	Name   string   `yaml:",name" form:"identifier"`
	Shards []*Shard `yaml:"shards" need:"yes"`
	Tables []*Table `yaml:"tables"`
	// GlobalKeys are names of unique keys that the applications keep unique over all
	// shards, in every table of the database that has a key of that name.
	GlobalKeys []string     `yaml:"global_keys"`
	Scatter    Policy       `yaml:"scatter" one:"allow warn deny"` // of tables that do not say
	Procedures []*Procedure `yaml:"procedures"`
}

// Shard is one schema on one group.
type Shard struct {
	Place  `yaml:"-"`
	Name   string `yaml:"name" need:"yes" form:"name"`
	Group  string `yaml:"group" need:"yes"`
	Schema string `yaml:"schema" form:"identifier"` // empty in the file: the database's name
	// Slots are the ranges it owns. A database's only shard owns all if none are
	// written; a shard with the empty list holds pinned tenants only.
	Slots []SlotRange `yaml:"slots"`
}

// Table is how one table is spread.
type Table struct {
	Place       `yaml:"-"`
	Name        string      `yaml:",name" form:"identifier"`
	Kind        Kind        `yaml:"kind" need:"yes" one:"sharded reference single"`
	Key         string      `yaml:"key" form:"identifier"` // sharded: the column
	NullHome    string      `yaml:"null_home"`             // sharded: the shard of rows without a key
	Shard       string      `yaml:"shard"`                 // single: where it lives
	Scatter     Policy      `yaml:"scatter" one:"allow warn deny"`
	Consistency Consistency `yaml:"consistency" one:"strong session bounded any"` // of reads; empty: as the group says
	GlobalKeys  []string    `yaml:"global_keys"`                                  // in addition to the database's
	Unique      *Unique     `yaml:"unique"`                                       // keys that Sluice keeps unique over all shards
	Calendar    *Calendar   `yaml:"calendar"`
	Cache       *CacheTable `yaml:"cache"` // what is read of it may be kept
}

// Kind is the kind of a table.
type Kind string

// The kinds.
const (
	Sharded   Kind = "sharded"
	Reference Kind = "reference"
	Single    Kind = "single"
)

// Unique names the unique keys of a table that no shard can enforce by itself and that
// Sluice therefore enforces over all of them.
type Unique struct {
	Place `yaml:"-"`
	Keys  []string `yaml:"keys" need:"yes"`
	Group string   `yaml:"group"` // keeps the lookup tables; empty: the group of the database's first shard
}

// Calendar is how a table is partitioned by time.
type Calendar struct {
	Place    `yaml:"-"`
	Column   string `yaml:"column" need:"yes" form:"identifier"`
	By       string `yaml:"by" one:"month"`
	Pattern  string `yaml:"pattern"`                 // partition names, with YYYY and MM
	CatchAll string `yaml:"catch_all"`               // the partition of everything later; empty: none
	TimeZone string `yaml:"time_zone" form:"offset"` // in which months begin, "+00:00"
	// Unbounded: what happens to a statement that says nothing of the time.
	Unbounded Policy `yaml:"unbounded" one:"allow deny"`
}

// Run says on which shards a procedure runs.
type Run string

// The values of Run.
const (
	RunTenant     Run = "tenant"     // on the shard of its tenant parameter
	RunRow        Run = "row"        // on the shard of the row whose id is its row parameter
	RunSingle     Run = "single"     // on one named shard
	RunEverywhere Run = "everywhere" // on every shard of its database
	RunRefuse     Run = "refuse"     // nowhere
)

// Procedure is how one stored procedure is called.
type Procedure struct {
	Place           `yaml:"-"`
	Name            string   `yaml:",name" form:"identifier"`
	TenantParameter string   `yaml:"tenant_parameter" form:"identifier"`
	RowParameter    string   `yaml:"row_parameter" form:"identifier"`
	Tables          []string `yaml:"tables"` // with RunRow: one of them has the row
	Run             Run      `yaml:"run" one:"tenant row single everywhere refuse"`
	Shard           string   `yaml:"shard"` // with RunSingle
}

// Pin puts one tenant on named shards, whatever its slot.
type Pin struct {
	Place  `yaml:"-"`
	Tenant string   `yaml:"tenant" need:"yes" scalar:"any"`
	Shards []string `yaml:"shards" need:"yes"` // at most one of each database
}

// Locks says where user locks (GET_LOCK) are kept.
type Locks struct {
	Place `yaml:"-"`
	Group string `yaml:"group"` // empty: the group of the first shard
}

// Relay publishes the rows of a table of messages to a broker; without it nothing is
// published.
type Relay struct {
	Place  `yaml:"-"`
	Table  string        `yaml:"table" form:"identifier"`
	Order  string        `yaml:"order" form:"identifier"` // a column that counts; empty: the time in created_at and in the id
	Every  time.Duration `yaml:"every" range:"1ms.."`     // how often a shard is asked for new messages
	Batch  int           `yaml:"batch" range:"1..10000"`  // messages published at a time
	Stream string        `yaml:"stream" need:"yes"`
	Keep   int           `yaml:"keep" range:"0.."` // messages the stream keeps, about; 0: all
	Redis  Redis         `yaml:"redis" need:"yes"`
}

// Redis is a Redis server.
type Redis struct {
	Place       `yaml:"-"`
	Address     string `yaml:"address" need:"yes" form:"address"`
	User        string `yaml:"user" scalar:"any"`
	PasswordEnv string `yaml:"password_env"`
	Password    Secret `yaml:"-"` // after Load what password_env names
	DB          int    `yaml:"db" range:"0..1000000"`
}

// Limits bound what one client or one process may use.
type Limits struct {
	Place              `yaml:"-"`
	StatementTime      time.Duration `yaml:"statement_time" range:"0s.."` // 0: no limit
	ResultRows         int64         `yaml:"result_rows" range:"0.."`     // 0: no limit
	MaxPacket          Size          `yaml:"max_packet" range:"1KiB..1GiB"`
	IdleClient         time.Duration `yaml:"idle_client" range:"1s.."`
	WriteStall         time.Duration `yaml:"write_stall" range:"1s.."` // a client that reads nothing for so long is cut
	Login              time.Duration `yaml:"login" range:"1s.."`
	PreparedStatements int           `yaml:"prepared_statements" range:"1..1048576"` // of one session
	LongData           Size          `yaml:"long_data" range:"1KiB..4GiB"`           // of one session
	Drain              time.Duration `yaml:"drain" range:"0s.."`                     // how long a stop waits for transactions
	PlanCache          int           `yaml:"plan_cache" range:"0..10000000"`         // plans
	Locator            int           `yaml:"locator" range:"0..100000000"`           // remembered keys
	GatherBytes        Size          `yaml:"gather_bytes" range:"1KiB..1024GiB"`     // of rows that one statement may bring together
	TrialBytes         Size          `yaml:"trial_bytes" range:"0.."`                // of a table on a shard on whose rows a schema statement is tried first
	SchemaCheck        time.Duration `yaml:"schema_check" range:"0s.."`              // how often definitions changed by others are looked for; 0: never
	ReplayStatements   int           `yaml:"replay_statements" range:"1..100000"`    // of a transaction that can be run again
	ReplayBytes        Size          `yaml:"replay_bytes" range:"1KiB..1GiB"`        // of their texts, and of each reply
	Slow               time.Duration `yaml:"slow" range:"0s.."`                      // a statement is logged when it takes longer; 0: none
}

// Log is what is logged, and how.
type Log struct {
	Place  `yaml:"-"`
	Level  string `yaml:"level" one:"debug info warn error"`
	Format string `yaml:"format" one:"text json" reload:"restart"`
	Slow   bool   `yaml:"slow"` // log slow statements
}

// Prefix is a network that clients come from. A single address is a network of one.
type Prefix struct{ netip.Prefix }
