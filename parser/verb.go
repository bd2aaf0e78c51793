package parser

import "strings"

// Verb says what a statement begins with.
type Verb uint8

// The verbs. Other stands for what begins with any other token.
const (
	None Verb = iota // the empty statement
	Other
	Select
	Insert
	Replace
	Update
	Delete
	With
	Call
	Do
	Set
	Use
	Begin            // BEGIN [WORK]
	StartTransaction // START TRANSACTION; also START REPLICA and the like, see Statement.Is
	Commit
	Rollback // also ROLLBACK TO SAVEPOINT
	Savepoint
	Release
	XA
	Show
	Describe // DESCRIBE and DESC
	Explain
	Create
	Alter
	Drop
	Truncate
	Rename
	Lock
	Unlock
	Load
	Prepare
	Execute
	Deallocate
	Kill
	Handler
	Flush
	Analyze
	Optimize
	Check
	Checksum
	Repair
	Grant
	Revoke
	Values
	Table
	Help
	Signal
	Resignal
	Get // GET DIAGNOSTICS
	Binlog
	Cache
	Install
	Uninstall
	Purge
	Reset
	Stop
	Change
	Shutdown
	Restart
	Clone
	Import
)

// verbOf maps the keywords that begin statements.
var verbOf = [named]Verb{
	wSelect: Select, wInsert: Insert, wReplace: Replace, wUpdate: Update, wDelete: Delete,
	wWith: With, wCall: Call, wDo: Do, wSet: Set, wUse: Use, wBegin: Begin,
	wStart: StartTransaction, wCommit: Commit, wRollback: Rollback,
	wSavepoint: Savepoint, wRelease: Release, wXa: XA, wShow: Show,
	wDescribe: Describe, wDesc: Describe, wExplain: Explain, wCreate: Create,
	wAlter: Alter, wDrop: Drop, wTruncate: Truncate, wRename: Rename, wLock: Lock,
	wUnlock: Unlock, wLoad: Load, wPrepare: Prepare, wExecute: Execute,
	wDeallocate: Deallocate, wKill: Kill, wHandler: Handler, wFlush: Flush,
	wAnalyze: Analyze, wOptimize: Optimize, wCheck: Check, wChecksum: Checksum,
	wRepair: Repair, wGrant: Grant, wRevoke: Revoke, wValues: Values, wTable: Table,
	wHelp: Help, wSignal: Signal, wResignal: Resignal, wGet: Get, wBinlog: Binlog,
	wCache: Cache, wInstall: Install, wUninstall: Uninstall, wPurge: Purge,
	wReset: Reset, wStop: Stop, wChange: Change, wShutdown: Shutdown,
	wRestart: Restart, wClone: Clone, wImport: Import,
}

// String returns the keyword that begins statements with the verb, in capitals.
func (v Verb) String() string {
	switch v {
	case None:
		return "NONE"
	case StartTransaction:
		return "START"
	}
	for w, of := range verbOf {
		if of == v {
			return strings.ToUpper(spelled[w])
		}
	}
	return "OTHER"
}

// firstVerb returns the verb that a first token stands for.
func firstVerb(k Kind, w keyword) Verb {
	if k == Ident && w < named && verbOf[w] != None {
		return verbOf[w]
	}
	return Other
}
