package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// bar is one line of a chart.
type bar struct {
	label string
	value spread
	note  string // what stands behind the bar
	color int    // 0 or 1
}

// chart is a drawing of horizontal bars beside a line at 1.
type chart struct {
	title string
	one   string // what the line at 1 is
	bars  []bar
}

// sizes of the drawing, in pixels
const (
	chartWidth = 900
	labelWidth = 300 // labels end here, bars begin
	noteWidth  = 220
	barHeight  = 14
	barStep    = 24
	headHeight = 66
)

// style colours the drawing for light and dark surroundings.
const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.note, .axis { fill: #59636e; font-size: 12px }
.c0 { fill: #2f6fdd } .c1 { fill: #8250df }
.grid { stroke: #d1d9e0 } .one { stroke: #bc4c00; stroke-width: 2 } .spread { stroke: #1f2328 }
.one-text { fill: #bc4c00; font-size: 12px }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .note, .axis { fill: #9198a1 } .c0 { fill: #4493f8 } .c1 { fill: #ab7df8 }
.grid { stroke: #3d444d } .one { stroke: #f0883e } .one-text { fill: #f0883e } .spread { stroke: #e6edf3 }
}
</style>
`

// svg draws the chart.
func (c *chart) svg() string {
	height := headHeight + barStep*len(c.bars) + 14
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", chartWidth, height, chartWidth, height)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", html.EscapeString(c.title), style)
	fmt.Fprintf(&b, "<text class=\"title\" x=\"12\" y=\"22\">%s</text>\n", html.EscapeString(c.title))
	step, end := c.axis()
	x := func(v float64) float64 {
		return labelWidth + min(v/end, 1)*(chartWidth-labelWidth-noteWidth)
	}
	for i := 0; float64(i)*step <= end+step/1000; i++ {
		v := float64(i) * step
		fmt.Fprintf(&b, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x(v), headHeight-4, x(v), height-10)
		fmt.Fprintf(&b, "<text class=\"axis\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>\n", x(v), headHeight-10, fmt.Sprint(math.Round(v*100)/100))
	}
	for i, r := range c.bars {
		c.draw(&b, r, headHeight+i*barStep, x)
	}
	fmt.Fprintf(&b, "<line class=\"one\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x(1), headHeight-26, x(1), height-10)
	fmt.Fprintf(&b, "<text class=\"one-text\" x=\"%.1f\" y=\"%d\">%s</text>\n</svg>\n", x(1)+5, headHeight-27, html.EscapeString(c.one))
	return b.String()
}

// draw draws one bar with its label, its spread and its note.
func (c *chart) draw(b *strings.Builder, r bar, y int, x func(float64) float64) {
	middle := y + barHeight/2
	fmt.Fprintf(b, "<text text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>", labelWidth-8, middle+5, html.EscapeString(r.label))
	fmt.Fprintf(b, "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", r.color, labelWidth, y, x(r.value.Median)-labelWidth, barHeight)
	fmt.Fprintf(b, "<line class=\"spread\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x(r.value.Low), middle, x(r.value.High), middle)
	fmt.Fprintf(b, "<text class=\"note\" x=\"%d\" y=\"%d\">%s</text>\n", chartWidth-noteWidth+14, middle+4, html.EscapeString(r.note))
}

// axis chooses the step between the lines of the grid, and where the axis ends.
func (c *chart) axis() (step, end float64) {
	most := 1.2
	for _, r := range c.bars {
		most = max(most, r.value.High)
	}
	step = math.Pow(10, math.Floor(math.Log10(most)))
	switch parts := most / step; {
	case parts < 2:
		step /= 5
	case parts < 5:
		step /= 2
	}
	return step, math.Ceil(most/step) * step
}
