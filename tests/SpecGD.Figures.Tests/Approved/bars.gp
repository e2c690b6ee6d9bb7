# The figure bars, drawn from bars.dat beside this script:
#
#   gnuplot bars.gp                               bars.pdf
#   gnuplot -e "format='png'" bars.gp             the same as png, or svg
#   gnuplot -e "font='Times New Roman'" bars.gp   in another font
#
# Drawing the run again writes this file again: copy it before you edit it.

reset
if (!exists("format")) format = 'pdf'
if (!exists("font")) font = 'Liberation Serif'
if (!exists("output")) output = 'bars.'.format
data = 'bars.dat'

# 12 pt text, and linewidth 1 is 1 pt, in every format. The svg terminal takes characters to be larger than they are.
set encoding utf8
if (format eq 'pdf') {
    set terminal pdfcairo enhanced color size 8in,4in font font.',12' \
        fontscale 0.75 linewidth 2 dashlength 2 rounded
}
if (format eq 'png') {
    set terminal pngcairo enhanced color size 880,440 font font.',12' \
        fontscale 110/96.0 linewidth 110/72.0 dashlength 2 rounded
}
if (format eq 'svg') {
    set terminal svg enhanced size 768,384 font font.', Times New Roman, serif,16' \
        linewidth 96/72.0 dashlength 1 rounded background '#ffffff' name 'bars'
}
is_svg = (format eq 'svg')
key_row = is_svg ? 0.9 : 1.2
key_sample = is_svg ? 1.8 : 2.5
key_character = is_svg ? 0.7 : 0.5
title_shift = is_svg ? -0.7 : -0.4
tic_shift = is_svg ? 0.35 : 0
point = is_svg ? 0.64 : format eq 'png' ? 0.013*110 : 1
set output output

# Logarithmic axes reach a hair beyond their ends, or rounding would cost the last tic its label.
beyond = 1 + 1e-9
set border 3 linewidth 0.8
set tics nomirror out scale 0.6
set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 0.5
set multiplot layout 1,2 margins 0.0951,0.9792,0.2188,0.8833 spacing 0.116,0.2563
set label 3 '{/*1.25 {/:Italic d} = 8}' at screen 0.5, screen 0.95 center

# Panel 1: ""
set title '' offset 0,title_shift
set label 1 'x' at graph 0.5, graph -0.1724 center
set label 2 'y' at graph -0.1935, graph 0.5 center rotate
set logscale x
set xrange [1/beyond:1000*beyond]
set xtics 1,10 offset 0,tic_shift
set mxtics 10
set format x '10^{%T}'
set logscale y
set yrange [0.01/beyond:10*beyond]
set ytics 0.01,10
set mytics 10
set format y '10^{%T}'
set key at graph 0.4033, graph -0.2257 center top Left reverse vertical maxrows 1 spacing key_row samplen key_sample width 3.07/key_character-7
set arrow 1 from first 1000, graph 0 to first 1000, graph 1 nohead front linecolor rgb '#D55E00' linewidth 1.4 dashtype (6,5)
plot data index 0 using 1:($2 > 0.01 ? $2 : 0.01) with filledcurves closed fillcolor rgb '#0072B2' fillstyle transparent solid 0.35 border linecolor rgb '#0072B2' title 'bars', \
     NaN with lines linecolor rgb '#D55E00' linewidth 1.4 dashtype (6,5) title 'largest', \
     data index 1 using 1:2 with points pointtype 7 pointsize 0.8*point linecolor rgb '#009E73' linewidth 1.8 notitle, \
     NaN with lines linecolor rgb '#000000' linewidth 1.4 dashtype (1,3.5) title 'dots'

# Panel 2: ""
unset arrow
unset label 3
set title '' offset 0,title_shift
set label 1 'x' at graph 0.5, graph -0.1724 center
set label 2 'y' at graph -0.1935, graph 0.5 center rotate
set logscale x
set xrange [1/beyond:10*beyond]
set xtics 1,10 offset 0,tic_shift
set mxtics 10
set format x '10^{%T}'
set logscale y
set yrange [0.01/beyond:0.1*beyond]
set ytics 0.01,10
set mytics 10
set format y '10^{%T}'
set key at graph 1, graph 1 right top Right noreverse vertical maxrows 1 spacing key_row samplen key_sample width 2.07/key_character-4
plot NaN with lines linecolor rgb '#000000' linewidth 1.4 dashtype (1,3.5) title 'dots'

unset multiplot
unset output
