#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The links of the documents lead somewhere, the make targets they name
# exist, and the examples use all that the module offers.

use strict;
use warnings;

use Test::More;


my @pages = (glob('*.md'), glob('docs/*.md'));

ok(@pages > 4, 'there are documents');

my %anchors = map { $_ => anchors($_) } @pages;

for my $page (@pages) {
    my $text = slurp($page);
    my ($dir) = $page =~ m{^(.*/)};
    my @wrong;

    for my $link ($text =~ /\]\(([^)\s]+)\)/g) {
        next if $link =~ /^(?:https?|mailto):/;

        my ($file, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
        my $path = length $file ? ($dir // '') . $file : $page;

        1 while $path =~ s{(?:^|/)\K[^/.]+/\.\./}{};

        if (!-e $path) {
            push @wrong, "no file: $link";

        } elsif (defined $anchor && $anchors{$path}
                 && !$anchors{$path}{$anchor})
        {
            push @wrong, "no heading: $link";
        }
    }

    is_deeply(\@wrong, [], "links of $page");
}


# make targets

my %targets = map { $_ => 1 } slurp('Makefile') =~ /^([a-z-]+):/mg;

for my $page (@pages) {
    my %named = map { $_ => 1 }
                slurp($page) =~ /(?:^|`|\$ )make ([a-z]+[a-z-]*)\b/mg;

    is_deeply([grep { !$targets{$_} } sort keys %named], [],
              "make targets in $page");
}

my @described = slurp('Makefile') =~ /echo 'make ([a-z-]+)\b/g;

is_deeply([grep { !$targets{$_} } @described], [], 'targets of make help');


# nginx.conf shows every directive and every variable

my $module   = slurp('ngx_http_tender_module.c');
my ($table)  = $module =~ /ngx_command_t\s+\w+\[\] = \{(.*?)^\};/ms;
my @commands = $table =~ /ngx_string\("(\w+)"\)/g;
my ($names)  = slurp('http/ngx_http_tender_variables.c')
               =~ /ngx_http_variable_t\s+\w+\[\] = \{(.*?)^\};/ms;
my @vars     = $names =~ /ngx_string\("(\w+)"\)/g;
my $example  = slurp('conf.example/nginx.conf');

ok(@commands > 10, 'directives');
ok(@vars > 4, 'variables');
is_deeply([grep { $example !~ /\b$_[ ;]/ } @commands], [],
          'nginx.conf has each directive');
is_deeply([grep { $example !~ /\$$_\b/ } @vars], [],
          'nginx.conf has each variable');

done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:encoding(UTF-8)', $file or die "$file: $!";
    local $/;

    return readline $fh;
}


# headings as a forge links to them

sub anchors {
    my ($page) = @_;

    my %seen;
    my $text = slurp($page) =~ s/^```.*?^```//gmsr;

    for ($text =~ /^#+ +(.*?) *$/mg) {
        my $anchor = lc s/[^\w\- ]//gr =~ s/ /-/gr;

        $anchor .= "-$seen{$anchor}" if $seen{$anchor}++;
        $seen{$anchor} = 1;
    }

    return \%seen;
}
