#!/usr/bin/perl
# perl words.pl [FILE]: the ten most frequent words of a file.
use strict;
use warnings;

my %count;
@ARGV = ("/etc/profile") unless @ARGV;
while (<>) { $count{lc $_}++ for /[a-zA-Z]{3,}/g }
my @top = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
printf "%4d %s\n", $count{$_}, $_ for grep { defined } @top[0 .. 9];
