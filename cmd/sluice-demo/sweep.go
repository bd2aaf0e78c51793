package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// A folder is the demo's temporary folder. A second process, the sweeper, removes it when
// we are gone, so that it goes even when we are killed.
type folder struct {
	path    string
	sweeper *exec.Cmd
	life    io.Closer // the sweeper's standard input: it ends with us
}

const folderPattern = "sluice-demo-*"

func makeFolder() (*folder, error) {
	path, err := os.MkdirTemp("", folderPattern)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	sweeper := exec.Command(self, "sweep", path)
	sweeper.Stderr = os.Stderr
	sweeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // out of reach of the terminal's Ctrl-C
	life, err := sweeper.StdinPipe()
	if err == nil {
		err = sweeper.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return &folder{path: path, sweeper: sweeper, life: life}, nil
}

// remove has the sweeper remove the folder, and waits for it.
func (f *folder) remove() error {
	_ = f.life.Close()
	return f.sweeper.Wait()
}

// sweepCommand is what the sweeper runs.
func sweepCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "sweep FOLDER",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if ok, _ := filepath.Match(folderPattern, filepath.Base(args[0])); !ok {
				return fmt.Errorf("%s is not a folder of the demo", args[0])
			}
			_, _ = io.Copy(io.Discard, os.Stdin) // until the demo is gone
			return sweep(args[0])
		},
	}
}

// sweep removes a folder that dying servers may still write into.
func sweep(path string) error {
	err := os.RemoveAll(path)
	for tries := 0; err != nil && tries < 50; tries++ {
		time.Sleep(100 * time.Millisecond)
		err = os.RemoveAll(path)
	}
	return err
}
