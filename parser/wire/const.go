package wire

// Capability is one bit of the capability flags both sides exchange at the
// handshake (group__group__cs__capabilities__flags in the internals manual).
type Capability uint32

// Capability flags.
const (
	ClientLongPassword Capability = 1 << iota
	ClientFoundRows
	ClientLongFlag
	ClientConnectWithDB
	ClientNoSchema
	ClientCompress
	ClientODBC
	ClientLocalFiles
	ClientIgnoreSpace
	ClientProtocol41
	ClientInteractive
	ClientSSL
	ClientIgnoreSigpipe
	ClientTransactions
	ClientReserved
	ClientSecureConnection
	ClientMultiStatements
	ClientMultiResults
	ClientPSMultiResults
	ClientPluginAuth
	ClientConnectAttrs
	ClientPluginAuthLenencData
	ClientCanHandleExpiredPasswords
	ClientSessionTrack
	ClientDeprecateEOF
	ClientOptionalResultsetMetadata
	ClientZstdCompression
	ClientQueryAttributes
)

// Has reports whether all bits of f are set.
func (c Capability) Has(f Capability) bool { return c&f == f }

// Command is the first byte of a command packet.
type Command byte

// Commands a client may send.
const (
	ComSleep Command = iota
	ComQuit
	ComInitDB
	ComQuery
	ComFieldList
	ComCreateDB
	ComDropDB
	ComRefresh
	ComShutdown
	ComStatistics
	ComProcessInfo
	ComConnect
	ComProcessKill
	ComDebug
	ComPing
	ComTime
	ComDelayedInsert
	ComChangeUser
	ComBinlogDump
	ComTableDump
	ComConnectOut
	ComRegisterSlave
	ComStmtPrepare
	ComStmtExecute
	ComStmtSendLongData
	ComStmtClose
	ComStmtReset
	ComSetOption
	ComStmtFetch
	ComDaemon
	ComBinlogDumpGTID
	ComResetConnection
)

// Status is the server status word of OK and EOF packets.
type Status uint16

// Server status flags (mysql_com.h, SERVER_STATUS_flags_enum).
const (
	StatusInTrans Status = 1 << iota
	StatusAutocommit
	_
	StatusMoreResults
	StatusNoGoodIndex
	StatusNoIndex
	StatusCursorExists
	StatusLastRowSent
	StatusDBDropped
	StatusNoBackslashEscapes
	StatusMetadataChanged
	StatusSlow
	StatusPSOutParams
	StatusInTransReadonly
	StatusSessionStateChanged
)

// Type is a column or parameter type (field_types.h).
type Type byte

// Column types.
const (
	TypeDecimal Type = iota
	TypeTiny
	TypeShort
	TypeLong
	TypeFloat
	TypeDouble
	TypeNull
	TypeTimestamp
	TypeLongLong
	TypeInt24
	TypeDate
	TypeTime
	TypeDatetime
	TypeYear
	TypeNewDate
	TypeVarchar
	TypeBit
)

// Column types after the gap.
const (
	TypeVector     Type = 242
	TypeJSON       Type = 245
	TypeNewDecimal Type = 246
	TypeEnum       Type = 247
	TypeSet        Type = 248
	TypeTinyBlob   Type = 249
	TypeMediumBlob Type = 250
	TypeLongBlob   Type = 251
	TypeBlob       Type = 252
	TypeVarString  Type = 253
	TypeString     Type = 254
	TypeGeometry   Type = 255
)

// Column flags that Sluice sets or reads.
const (
	FlagNotNull  uint16 = 1
	FlagBlob     uint16 = 16
	FlagUnsigned uint16 = 32
	FlagBinary   uint16 = 128
)

// First bytes of replies.
const (
	HeaderOK          byte = 0x00
	HeaderAuthMore    byte = 0x01
	HeaderLocalInfile byte = 0xfb
	HeaderEOF         byte = 0xfe
	HeaderErr         byte = 0xff
)

// NullText stands for NULL in a row of the text protocol.
const NullText byte = 0xfb

// MaxPayload is the largest payload of one packet; a longer message goes on in the
// next packet.
const MaxPayload = 1<<24 - 1

// Character set ids of the handshake that Sluice names itself.
const (
	CollationUTF8MB4   = 255 // utf8mb4_0900_ai_ci
	CollationUTF8MB4G  = 45  // utf8mb4_general_ci, known to every server
	CollationUTF8      = 33  // utf8mb3_general_ci
	CollationBinary    = 63
	CharsetUTF8MB3Meta = 33 // metadata strings
)

// Authentication plugins.
const (
	PluginNative = "mysql_native_password"
	PluginSHA2   = "caching_sha2_password"
	PluginClear  = "mysql_clear_password"
)
