// Package cache keeps replies and knows when they are out of date.
//
// Its nouns: an Ask is a question that a reply may be kept for; a Mark is something a
// reply depends on, such as the rows of one tenant in one table of one shard; an Entry
// is a kept reply; a Fill is a reply that is being fetched, for all who ask meanwhile.
//
// Entries are not hunted down when data changes. Each mark has a version, a write moves
// the versions of its marks before it is acknowledged, and an entry counts only while
// its marks have the versions they had before its data was read. A reply that was read
// before a write and is stored after it is therefore never used. Marks are numbers from
// a fixed range: two things that share one are changed together, which costs a hit and
// nothing else.
//
// With Redis the versions that count are those in Redis, which all processes move and
// ask for; see Shared. The package knows neither SQL nor packets.
package cache
