# The figure random-feature, drawn from random-feature.dat beside this script:
#
#   gnuplot random-feature.gp                               random-feature.pdf
#   gnuplot -e "format='png'" random-feature.gp             the same as png, or svg
#   gnuplot -e "font='Times New Roman'" random-feature.gp   in another font
#
# Drawing the run again writes this file again: copy it before you edit it.

reset
if (!exists("format")) format = 'pdf'
if (!exists("font")) font = 'Liberation Serif'
if (!exists("output")) output = 'random-feature.'.format
data = 'random-feature.dat'

# 12 pt text, and linewidth 1 is 1 pt, in every format. The svg terminal takes characters to be larger than they are.
set encoding utf8
if (format eq 'pdf') {
    set terminal pdfcairo enhanced color size 10in,4in font font.',12' \
        fontscale 0.75 linewidth 2 dashlength 2 rounded
}
if (format eq 'png') {
    set terminal pngcairo enhanced color size 2000,800 font font.',12' \
        fontscale 200/96.0 linewidth 200/72.0 dashlength 2 rounded
}
if (format eq 'svg') {
    set terminal svg enhanced size 960,384 font font.', Times New Roman, serif,16' \
        linewidth 96/72.0 dashlength 1 rounded background '#ffffff' name 'random_feature'
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
set multiplot layout 1,2 margins 0.0761,0.9908,0.275,0.9167 spacing 0.0853,0.3583

# Panel 1: "Training loss"
set title 'Training loss' offset 0,title_shift
set label 1 'Training iteration' at graph 0.5, graph -0.1786 center
set label 2 '‖{/:Italic WA} − {/:Italic Y}‖@^{2}_{/*0.99 F} / 2{/:Italic n}' at graph -0.1433, graph 0.5 center rotate
unset logscale x
set xrange [0:6]
set xtics 0,1 offset 0,tic_shift
unset mxtics
set format x '%g'
set logscale y
set yrange [0.0001/beyond:10*beyond]
set ytics 0.0001,10
set mytics 10
set format y '10^{%T}'
set key at graph 0.4193, graph -0.2338 center top Left reverse vertical maxrows 2 spacing key_row samplen key_sample width 10.07/key_character-21
plot data index 0 using 1:2 with lines linecolor rgb '#0072B2' linewidth 1.8 title 'GD', \
     data index 1 using 1:2 with lines linecolor rgb '#E69F00' linewidth 1.8 title 'SpecGD', \
     data index 2 using 1:2 with lines linecolor rgb '#666666' linewidth 1 dashtype (6,5) title 'SpecGD from GD step {/:Italic t}', \
     for [i=3:4] data index i using 1:2 with lines linecolor rgb '#666666' linewidth 1 dashtype (6,5) notitle, \
     data index 5 using 1:2 with lines linecolor rgb '#8B0000' linewidth 1.8 dashtype (10,4.5,1,4.5) title 'SpecGD from peak'

# Panel 2: "Nuclear rank of the gradient"
set title 'Nuclear rank of the gradient' offset 0,title_shift
set label 1 'Training iteration' at graph 0.5, graph -0.1786 center
set label 2 'nr(∇{/:Italic L}({/:Italic W}))' at graph -0.1165, graph 0.5 center rotate
unset logscale x
set xrange [0:6]
set xtics 0,1 offset 0,tic_shift
unset mxtics
set format x '%g'
unset logscale y
set yrange [0:10]
set ytics 0,2
unset mytics
set format y '%g'
set key at graph 0.4193, graph -0.2338 center top Left reverse vertical maxrows 2 spacing key_row samplen key_sample width 8.12/key_character-16
plot data index 7 using 1:2:3 with filledcurves fillcolor rgb '#E69F00' fillstyle transparent solid 0.25 noborder notitle, \
     data index 8 using 1:2:3 with filledcurves fillcolor rgb '#8B0000' fillstyle transparent solid 0.25 noborder notitle, \
     data index 6 using 1:2 with lines linecolor rgb '#0072B2' linewidth 1.8 title 'GD', \
     data index 7 using 1:4 with lines linecolor rgb '#E69F00' linewidth 1.8 title 'SpecGD', \
     data index 8 using 1:4 with lines linecolor rgb '#8B0000' linewidth 1.8 dashtype (10,4.5,1,4.5) title 'SpecGD from peak', \
     2.5 with lines linecolor rgb '#000000' linewidth 1.4 dashtype (6,5) title 'st({/:Italic A})'

unset multiplot
unset output
