package parser

import "encoding/binary"

// keyword identifies a word the package knows. The zero keyword is no keyword. Words
// are compared without regard to case, as the server does.
type keyword uint16

// The keywords the code names. All words of the reserved list have a number, these
// have a name as well.
const (
	_ keyword = iota
	wSelect
	wInsert
	wReplace
	wUpdate
	wDelete
	wWith
	wCall
	wDo
	wSet
	wUse
	wBegin
	wStart
	wCommit
	wRollback
	wSavepoint
	wRelease
	wXa
	wShow
	wDescribe
	wDesc
	wExplain
	wCreate
	wAlter
	wDrop
	wTruncate
	wRename
	wLock
	wUnlock
	wLoad
	wPrepare
	wExecute
	wDeallocate
	wKill
	wHandler
	wFlush
	wAnalyze
	wOptimize
	wCheck
	wChecksum
	wRepair
	wGrant
	wRevoke
	wValues
	wTable
	wHelp
	wSignal
	wResignal
	wGet
	wBinlog
	wCache
	wInstall
	wUninstall
	wPurge
	wReset
	wStop
	wChange
	wShutdown
	wRestart
	wClone
	wImport
	wFrom
	wJoin
	wStraightJoin
	wInto
	wTables
	wReferences
	wOn
	wWhere
	wGroup
	wHaving
	wOrder
	wLimit
	wUnion
	wExcept
	wIntersect
	wAs
	wUsing
	wIgnore
	wForce
	wPartition
	wOnly
	wLateral
	wDual
	wJsonTable
	wNatural
	wLeft
	wRight
	wInner
	wOuter
	wCross
	wFor
	wOf
	wWindow
	wIndex
	wView
	wTrigger
	wProcedure
	wFunction
	wEvent
	wDatabase
	wSchema
	wDatabases
	wSchemas
	wLike
	wTo
	wKey
	wFulltext
	wSpatial
	wUnique
	wPrimary
	wIf
	wExists
	wNot
	wOr
	wTemporary
	wDefiner
	wEnd
	wCase
	wLoop
	wRepeat
	wWhile
	wThen
	wElse
	wElseif
	wAggregate
	wGlobal
	wSession
	wLocal
	wPersist
	wPersistOnly
	wNames
	wCharset
	wCharacter
	wDefault
	wTransaction
	wPassword
	wRole
	wResource
	wIsolation
	wRead
	wWrite
	wLowPriority
	wHighPriority
	wDelayed
	wQuick
	wCurrentUser
	wCurrentDate
	wCurrentTime
	wCurrentTimestamp
	wLocaltime
	wLocaltimestamp
	wUtcDate
	wUtcTime
	wUtcTimestamp
	wNull
	wTrue
	wFalse
	wDate
	wTime
	wTimestamp
	wInterval
	wCollate
	wColumn
	wColumns
	wFields
	wExtended
	wFull
	wValue
	wRow
	wData
	wInfile
	wOutfile
	wDumpfile
	wPrivileges
	wWork
	wAtomic
	wRecursive
	wAll
	wAnd
	wIn
	wIs
	wBy
	wReturn
	wReturns
	wDistinct
	wSqlCalcFoundRows
	wCount
	wChar
	wUser
	wVersion
	wUndo
	wConvert
	wMatch
	wMod
	wTriggers
	wEvents
	wIndexes
	wStatus
	wNo
	wKeys
	named // the number of words with a name, plus one
)

// spelled gives the spelling of each named keyword.
var spelled = [named]string{
	wSelect:           "select",
	wInsert:           "insert",
	wReplace:          "replace",
	wUpdate:           "update",
	wDelete:           "delete",
	wWith:             "with",
	wCall:             "call",
	wDo:               "do",
	wSet:              "set",
	wUse:              "use",
	wBegin:            "begin",
	wStart:            "start",
	wCommit:           "commit",
	wRollback:         "rollback",
	wSavepoint:        "savepoint",
	wRelease:          "release",
	wXa:               "xa",
	wShow:             "show",
	wDescribe:         "describe",
	wDesc:             "desc",
	wExplain:          "explain",
	wCreate:           "create",
	wAlter:            "alter",
	wDrop:             "drop",
	wTruncate:         "truncate",
	wRename:           "rename",
	wLock:             "lock",
	wUnlock:           "unlock",
	wLoad:             "load",
	wPrepare:          "prepare",
	wExecute:          "execute",
	wDeallocate:       "deallocate",
	wKill:             "kill",
	wHandler:          "handler",
	wFlush:            "flush",
	wAnalyze:          "analyze",
	wOptimize:         "optimize",
	wCheck:            "check",
	wChecksum:         "checksum",
	wRepair:           "repair",
	wGrant:            "grant",
	wRevoke:           "revoke",
	wValues:           "values",
	wTable:            "table",
	wHelp:             "help",
	wSignal:           "signal",
	wResignal:         "resignal",
	wGet:              "get",
	wBinlog:           "binlog",
	wCache:            "cache",
	wInstall:          "install",
	wUninstall:        "uninstall",
	wPurge:            "purge",
	wReset:            "reset",
	wStop:             "stop",
	wChange:           "change",
	wShutdown:         "shutdown",
	wRestart:          "restart",
	wClone:            "clone",
	wImport:           "import",
	wFrom:             "from",
	wJoin:             "join",
	wStraightJoin:     "straight_join",
	wInto:             "into",
	wTables:           "tables",
	wReferences:       "references",
	wOn:               "on",
	wWhere:            "where",
	wGroup:            "group",
	wHaving:           "having",
	wOrder:            "order",
	wLimit:            "limit",
	wUnion:            "union",
	wExcept:           "except",
	wIntersect:        "intersect",
	wAs:               "as",
	wUsing:            "using",
	wIgnore:           "ignore",
	wForce:            "force",
	wPartition:        "partition",
	wOnly:             "only",
	wLateral:          "lateral",
	wDual:             "dual",
	wJsonTable:        "json_table",
	wNatural:          "natural",
	wLeft:             "left",
	wRight:            "right",
	wInner:            "inner",
	wOuter:            "outer",
	wCross:            "cross",
	wFor:              "for",
	wOf:               "of",
	wWindow:           "window",
	wIndex:            "index",
	wView:             "view",
	wTrigger:          "trigger",
	wProcedure:        "procedure",
	wFunction:         "function",
	wEvent:            "event",
	wDatabase:         "database",
	wSchema:           "schema",
	wDatabases:        "databases",
	wSchemas:          "schemas",
	wLike:             "like",
	wTo:               "to",
	wKey:              "key",
	wFulltext:         "fulltext",
	wSpatial:          "spatial",
	wUnique:           "unique",
	wPrimary:          "primary",
	wIf:               "if",
	wExists:           "exists",
	wNot:              "not",
	wOr:               "or",
	wTemporary:        "temporary",
	wDefiner:          "definer",
	wEnd:              "end",
	wCase:             "case",
	wLoop:             "loop",
	wRepeat:           "repeat",
	wWhile:            "while",
	wThen:             "then",
	wElse:             "else",
	wElseif:           "elseif",
	wAggregate:        "aggregate",
	wGlobal:           "global",
	wSession:          "session",
	wLocal:            "local",
	wPersist:          "persist",
	wPersistOnly:      "persist_only",
	wNames:            "names",
	wCharset:          "charset",
	wCharacter:        "character",
	wDefault:          "default",
	wTransaction:      "transaction",
	wPassword:         "password",
	wRole:             "role",
	wResource:         "resource",
	wIsolation:        "isolation",
	wRead:             "read",
	wWrite:            "write",
	wLowPriority:      "low_priority",
	wHighPriority:     "high_priority",
	wDelayed:          "delayed",
	wQuick:            "quick",
	wCurrentUser:      "current_user",
	wCurrentDate:      "current_date",
	wCurrentTime:      "current_time",
	wCurrentTimestamp: "current_timestamp",
	wLocaltime:        "localtime",
	wLocaltimestamp:   "localtimestamp",
	wUtcDate:          "utc_date",
	wUtcTime:          "utc_time",
	wUtcTimestamp:     "utc_timestamp",
	wNull:             "null",
	wTrue:             "true",
	wFalse:            "false",
	wDate:             "date",
	wTime:             "time",
	wTimestamp:        "timestamp",
	wInterval:         "interval",
	wCollate:          "collate",
	wColumn:           "column",
	wColumns:          "columns",
	wFields:           "fields",
	wExtended:         "extended",
	wFull:             "full",
	wValue:            "value",
	wRow:              "row",
	wData:             "data",
	wInfile:           "infile",
	wOutfile:          "outfile",
	wDumpfile:         "dumpfile",
	wPrivileges:       "privileges",
	wWork:             "work",
	wAtomic:           "atomic",
	wRecursive:        "recursive",
	wAll:              "all",
	wAnd:              "and",
	wIn:               "in",
	wIs:               "is",
	wBy:               "by",
	wReturn:           "return",
	wReturns:          "returns",
	wDistinct:         "distinct",
	wSqlCalcFoundRows: "sql_calc_found_rows",
	wCount:            "count",
	wChar:             "char",
	wUser:             "user",
	wVersion:          "version",
	wUndo:             "undo",
	wConvert:          "convert",
	wMatch:            "match",
	wMod:              "mod",
	wKeys:             "keys",
	wNo:               "no",
	wStatus:           "status",
	wIndexes:          "indexes",
	wEvents:           "events",
	wTriggers:         "triggers",
}

// reserved lists the words that MySQL 5.7 to 9.7 and MariaDB all reserve: unquoted and
// not after a dot they cannot be names, so the fingerprint may ignore their case.
// See "Keywords and Reserved Words" in the MySQL manual.
var reserved = [...]string{
	"accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive", "before",
	"between", "bigint", "binary", "blob", "both", "by", "call", "cascade", "case", "change",
	"char", "character", "check", "collate", "column", "condition", "constraint", "continue",
	"convert", "create", "cross", "current_date", "current_time", "current_timestamp",
	"current_user", "cursor", "database", "databases", "day_hour", "day_microsecond",
	"day_minute", "day_second", "dec", "decimal", "declare", "default", "delayed", "delete",
	"desc", "describe", "deterministic", "distinct", "distinctrow", "div", "double", "drop",
	"dual", "each", "else", "elseif", "enclosed", "escaped", "exists", "exit", "explain", "false",
	"fetch", "float", "float4", "float8", "for", "force", "foreign", "from", "fulltext", "grant",
	"group", "having", "high_priority", "hour_microsecond", "hour_minute", "hour_second", "if",
	"ignore", "in", "index", "infile", "inner", "inout", "insensitive", "insert", "int", "int1",
	"int2", "int3", "int4", "int8", "integer", "interval", "into", "is", "iterate", "join", "key",
	"keys", "kill", "leading", "leave", "left", "like", "limit", "linear", "lines", "load",
	"localtime", "localtimestamp", "lock", "long", "longblob", "longtext", "loop", "low_priority",
	"match", "maxvalue", "mediumblob", "mediumint", "mediumtext", "middleint",
	"minute_microsecond", "minute_second", "mod", "modifies", "natural", "not",
	"no_write_to_binlog", "null", "numeric", "on", "optimize", "option", "optionally", "or",
	"order", "out", "outer", "outfile", "partition", "precision", "primary", "procedure", "purge",
	"range", "read", "reads", "read_write", "real", "references", "regexp", "release", "rename",
	"repeat", "replace", "require", "resignal", "restrict", "return", "revoke", "right", "rlike",
	"schema", "schemas", "second_microsecond", "select", "sensitive", "separator", "set", "show",
	"signal", "smallint", "spatial", "specific", "sql", "sqlexception", "sqlstate", "sqlwarning",
	"sql_big_result", "sql_calc_found_rows", "sql_small_result", "ssl", "starting",
	"straight_join", "table", "terminated", "then", "tinyblob", "tinyint", "tinytext", "to",
	"trailing", "trigger", "true", "undo", "union", "unique", "unlock", "unsigned", "update",
	"usage", "use", "using", "utc_date", "utc_time", "utc_timestamp", "values", "varbinary",
	"varchar", "varcharacter", "varying", "when", "where", "while", "with", "write", "xor",
	"year_month", "zerofill",
}

// lexicon finds keywords by their bytes. It is built once and never written again.
type lexicon struct {
	lengths [32]uint32          // first letter -> the set of lengths of words that begin with it
	slots   [lexiconSize]uint16 // hash -> number of the first word in the chain
	entries []lexEntry          // entries[0] is unused
}

type lexEntry struct {
	a, b, c uint64 // the folded bytes, 8 each
	next    uint16 // next word with the same hash
	fold    bool   // the word is reserved
	mood    mood   // what the word means to the lexer
}

const (
	lexiconSize = 2048
	maxWord     = 24 // longer words are never looked up
	foldMask    = 0x2020202020202020
)

var keywords = *newLexicon()

func newLexicon() *lexicon {
	l := &lexicon{entries: make([]lexEntry, 1, 512)}
	for k, w := range spelled[1:] {
		l.add(w)
		l.entries[k+1].mood = moodOf(keyword(k + 1))
	}
	for _, w := range reserved {
		if k := l.find([]byte(w), 0, len(w)); k != 0 {
			l.entries[k].fold = true
			continue
		}
		l.add(w)
		l.entries[len(l.entries)-1].fold = true
	}
	return l
}

func (l *lexicon) add(w string) {
	a, b, c := folded([]byte(w), 0, len(w))
	h := wordHash(a, b, c)
	l.entries = append(l.entries, lexEntry{a: a, b: b, c: c, next: l.slots[h]})
	l.slots[h] = uint16(len(l.entries) - 1)
	l.lengths[w[0]&31] |= 1 << len(w)
}

// find returns the keyword spelled by sql[start:end], 0 if there is none. The bytes
// must be those of a word: letters, digits, _, $ and bytes above 0x7f.
func (l *lexicon) find(sql []byte, start, end int) keyword {
	n := uint(end - start)
	if n > maxWord || l.lengths[sql[start]&31]>>n&1 == 0 {
		return 0
	}
	head := sql[start:]
	if n > 8 || len(head) < 8 {
		return l.chain(folded(sql, start, end))
	}
	return l.chain((binary.LittleEndian.Uint64(head)|foldMask)&(1<<(8*n)-1), 0, 0)
}

// chain returns the keyword of these folded bytes, 0 if there is none.
func (l *lexicon) chain(a, b, c uint64) keyword {
	for i := l.slots[wordHash(a, b, c)]; i != 0; i = l.entries[i].next {
		if e := &l.entries[i]; e.a == a && e.b == b && e.c == c {
			return keyword(i)
		}
	}
	return 0
}

// moodOf says what a keyword means for the token behind it.
func moodOf(k keyword) mood {
	switch k {
	case wSelect, wInsert, wReplace, wUpdate, wDelete:
		return hintable
	case wDate, wTime, wTimestamp:
		return dated
	case wCollate:
		return lonely
	}
	return plain
}

// mood returns what the word means for the token behind it.
func (k keyword) mood() mood { return keywords.entries[k].mood }

// reserved reports whether the word cannot be an unquoted name.
func (k keyword) reserved() bool { return keywords.entries[k].fold }

// folded returns the bytes of a word of at most maxWord bytes with bit 5 set, which
// folds the case of letters and keeps different words different.
func folded(sql []byte, start, end int) (a, b, c uint64) {
	if a = eight(sql, start, end); end-start <= 8 {
		return a, 0, 0
	}
	return a, eight(sql, start+8, end), eight(sql, start+16, end)
}

// eight folds at most eight bytes from start on, none from end on.
func eight(sql []byte, start, end int) uint64 {
	n := uint(end - start)
	if start >= end {
		return 0
	}
	if start+8 <= len(sql) {
		v := binary.LittleEndian.Uint64(sql[start:]) | foldMask
		if n >= 8 {
			return v
		}
		return v & (1<<(8*n) - 1)
	}
	var v uint64
	for i := min(end, start+8) - 1; i >= start; i-- {
		v = v<<8 | uint64(sql[i]|0x20)
	}
	return v
}

func wordHash(a, b, c uint64) uint64 {
	return (a ^ b*0x9e3779b97f4a7c15 ^ c*0xc2b2ae3d27d4eb4f) * 0xff51afd7ed558ccd >> (64 - 11)
}
