# The figure sheet, drawn from sheet.dat beside this script:
#
#   gnuplot sheet.gp                               sheet.pdf
#   gnuplot -e "format='png'" sheet.gp             the same as png, or svg
#   gnuplot -e "font='Times New Roman'" sheet.gp   in another font
#
# Drawing the run again writes this file again: copy it before you edit it.

reset
if (!exists("format")) format = 'pdf'
if (!exists("font")) font = 'Liberation Serif'
if (!exists("output")) output = 'sheet.'.format
data = 'sheet.dat'

# 12 pt text, and linewidth 1 is 1 pt, in every format. The svg terminal takes characters to be larger than they are.
set encoding utf8
if (format eq 'pdf') {
    set terminal pdfcairo enhanced color size 8in,6.5in font font.',12' \
        fontscale 0.75 linewidth 2 dashlength 2 rounded
}
if (format eq 'png') {
    set terminal pngcairo enhanced color size 1600,1300 font font.',12' \
        fontscale 200/96.0 linewidth 200/72.0 dashlength 2 rounded
}
if (format eq 'svg') {
    set terminal svg enhanced size 768,624 font font.', Times New Roman, serif,16' \
        linewidth 96/72.0 dashlength 1 rounded background '#ffffff' name 'sheet'
}
is_svg = (format eq 'svg')
key_row = is_svg ? 0.9 : 1.2
key_sample = is_svg ? 1.8 : 2.5
key_character = is_svg ? 0.7 : 0.5
title_shift = is_svg ? -0.7 : -0.4
tic_shift = is_svg ? 0.35 : 0
point = is_svg ? 0.64 : format eq 'png' ? 0.013*200 : 1
set output output

# Logarithmic axes reach a hair beyond their ends, or rounding would cost the last tic its label.
beyond = 1 + 1e-9
set border 3 linewidth 0.8
set tics nomirror out scale 0.6
set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 0.5
set multiplot layout 2,2 margins 0.0354,0.9792,0.1577,0.9487 spacing 0.0562,0.209

# Panel 1: "Title"
set title 'Title' offset 0,title_shift
set label 1 '{/:Italic k}' at graph 0.5, graph -0.2423 center
set label 2 '' at graph -0.1127, graph 0.5 center rotate
set logscale x
set xrange [1/beyond:100*beyond]
set xtics 1,10 offset 0,tic_shift
set mxtics 10
set format x '10^{%T}'
unset logscale y
set yrange [0:5]
set ytics 0,1
unset mytics
set format y '%g'
set key at graph 0.4836, graph -0.3172 center top Left reverse vertical maxrows 1 spacing key_row samplen key_sample width 3.51/key_character-9
plot data index 0 using 1:2:3 with filledcurves fillcolor rgb '#8B0000' fillstyle transparent solid 0.25 noborder title 'band\_1', \
     data index 1 using 1:2 with points pointtype 7 pointsize 0.5*point linecolor rgb '#009E73' linewidth 1.8 title 'a ''point'''

# Panel 2: "Title"
set title 'Title' offset 0,title_shift
set label 1 '{/:Italic k}' at graph 0.5, graph -0.2423 center
set label 2 '' at graph -0.1127, graph 0.5 center rotate
set logscale x
set xrange [1/beyond:100*beyond]
set xtics (1, 8, 64) offset 0,tic_shift
unset mxtics
set format x '%g'
unset logscale y
set yrange [0:5]
set ytics 0,1
unset mytics
set format y '%g'
set key at graph 0, graph 0.02 left bottom Left reverse vertical maxrows 2 spacing key_row samplen key_sample width 3.51/key_character-9
plot data index 2 using 1:2:3 with filledcurves fillcolor rgb '#8B0000' fillstyle transparent solid 0.25 noborder title 'band\_1', \
     data index 3 using 1:2 with points pointtype 7 pointsize 0.5*point linecolor rgb '#009E73' linewidth 1.8 title 'a ''point'''

# Panel 3: "Title"
set title 'Title' offset 0,title_shift
set label 1 '{/:Italic k}' at graph 0.5, graph -0.2423 center
set label 2 '' at graph -0.1127, graph 0.5 center rotate
set logscale x
set xrange [1/beyond:10*beyond]
set xtics 1,10 offset 0,tic_shift
set mxtics 10
set format x '10^{%T}'
unset logscale y
set yrange [0:5]
set ytics 0,1
unset mytics
set format y '%g'
unset key
plot NaN notitle

unset multiplot
unset output
