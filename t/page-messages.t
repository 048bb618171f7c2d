#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The texts of the pages: each in five languages, with the same slots; each
# that a template names is there, and each that is there has a use.

use strict;
use warnings;
use utf8;

use Test::More;


my @LANGUAGES = qw(en fr pl ru uk);


sub slurp {
    my ($name) = @_;

    open my $fh, '<:encoding(UTF-8)', $name or die "$name: $!\n";
    local $/;

    return scalar readline $fh;
}


my (%texts, @keys);

for my $line (split /\n/, slurp('account/messages.txt')) {
    next if $line eq '' || $line =~ /^#/;

    if ($line =~ /^  ([a-z]{2}) (\S(?:.*\S)?)$/ && @keys) {
        ok(!$texts{$keys[-1]}{$1}, "$keys[-1]: $1 once");
        $texts{$keys[-1]}{$1} = $2;

    } elsif ($line =~ /^\S/) {
        ok(!$texts{$line}, "$line: once");
        push @keys, $line;
        $texts{$line} = {};

    } else {
        fail("a line that is neither a key nor a text: $line");
    }
}

cmp_ok(scalar @keys, '>', 200, 'there are texts');

for my $key (@keys) {
    my $of = $texts{$key};

    is(join(' ', sort keys %$of), "@LANGUAGES", "$key: five languages");

    my $slots = join ' ', sort $of->{en} =~ /\{(\w+)\}/g;

    is(join(' ', sort +($of->{$_} // '') =~ /\{(\w+)\}/g), $slots,
       "$key: slots in $_") for @LANGUAGES;

    unlike($of->{$_} // '', qr/\{\w*[^\w}]|\{\w*$/, "$key: $_ is closed")
        for @LANGUAGES;

    like($of->{$_} // '', $_ eq 'ru' || $_ eq 'uk' ? qr/\p{Cyrillic}|API/
                                                   : qr/\p{Latin}/,
         "$key: letters of $_") for @LANGUAGES;
    unlike($of->{$_} // '', qr/\p{Cyrillic}/, "$key: no others in $_")
        for qw(en fr pl);
}

# what is Ukrainian, or Russian, alone

unlike($texts{$_}{ru}, qr/[іїєґ]/i, "$_: Russian") for @keys;
unlike($texts{$_}{uk}, qr/[ыэъё]/i, "$_: Ukrainian") for @keys;


my (%used, %begin);
my $templates = '';

for my $file (glob 'account/pages/*.html') {
    my $text = slurp($file);

    $templates .= $text;

    my @open;

    while ($text =~ /\{\{([#^\/>_*%]?)([^{}\n]+)\}\}/g) {
        my ($kind, $name) = ($1, $2);

        push @open, $name if $kind eq '#' || $kind eq '^';
        is(pop @open // '', $name, "$file: {{/$name}}") if $kind eq '/';
        ok(-f "account/pages/$name.html", "$file: {{>$name}}")
            if $kind eq '>';

        next if $kind ne '_';

        if ($name =~ /^(.*)\@/) {
            $begin{$1} = 1;
            ok($1 eq '' || (grep { index($_, $1) == 0 } @keys),
               "$file: there is one for $name");
        } else {
            $used{$name} = 1;
            ok($texts{$name}, "$file: there is one for $name");
        }
    }

    is("@open", '', "$file: all is closed");
    unlike($text, qr/ on\w+=|style="|<style|javascript:|<script(?! src)/,
           "$file: nothing that the policy forbids");
    unlike($text =~ s/\{\{[^}]*\}\}//gr, qr/[^\x00-\x7f·]/,
           "$file: no words but those of the catalogue");
}

# what C chooses by its key

my $code = join '', map { slurp($_) } glob 'account/*.c';

for my $key (@keys) {
    next if $used{$key} || $code =~ /"\Q$key\E"/;
    next if grep { $_ ne '' && index($key, $_) == 0 } keys %begin;

    # a sentence of a refusal: its first words are in some source
    my ($first) = $key =~ /^(\S+ \S+)/;

    ok(!system("grep -rqF -e '$first' --include='*.[ch]' ."
               . ' --exclude-dir=build'), "$key: it has a use")
        if $key =~ /^[A-Z0-9]/ && defined $first;
    ok(!system("grep -qF '\"$key\"' http/ngx_http_tender_refusal.c"),
       "$key: a status") if !defined $first;
}

done_testing;
