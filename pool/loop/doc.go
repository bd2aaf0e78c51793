// Package loop waits for sockets with event loops of its own, a thread for each processor,
// instead of with Go's scheduler.
//
// Its nouns: a Loop is an epoll instance and the thread that waits on it; a Conn is a
// socket that a loop or Go's scheduler watches, a net.Conn to its users; a Task is a function, one
// client's session, that has two ways to wait. While it is on its loop, waiting for a
// socket gives the thread back to the loop, which goes on with whichever task can: no
// scheduler, no second thread and no read in vain are needed between a client's statement
// and its server's answer. While it is off, it is a goroutine like any other and may wait
// for anything: locks, channels, timers, other goroutines. A task is on its loop for the
// part of a statement that only talks to its client and one server, and goes off before
// anything else (Task.Off).
//
// A task that forgets to go off keeps its loop from the others. It is noticed: another
// thread takes the loop over, the task goes on as a goroutine, and Stats counts it.
package loop
