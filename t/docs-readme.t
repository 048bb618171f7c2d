#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# README.md and docs/: links lead somewhere, lines are not too long, and the
# first curl lines are those that "make run" prints, and work.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $top   = $Tender::Test::TOP;
my @pages = ('README.md', 'CHANGELOG.md', map { "docs/$_.md" }
             qw(architecture directives operations procurement));
my %slugs;

check($_) for @pages;
first_lines();
layout();

done_testing;


sub slurp {
    my ($name) = @_;

    open my $fh, '<:encoding(UTF-8)', "$top/$name" or return;
    local $/;

    return scalar readline $fh;
}


sub check {
    my ($page) = @_;

    my $text = slurp($page) or return fail("$page is not there");
    my ($dir) = $page =~ m{^(.*/)};
    my @long = grep { length > 100 && !/^ +-d '/ } split /\n/, $text;
    my @lost;

    is("@long", '', "$page: no line of more than 100 characters");
    unlike($text, qr/[ \t]+$/m, "$page: no space at the end of a line");
    unlike($text, qr/[^\n]\z|\n\n\z/, "$page: one newline at the end");

    while ($text =~ /\]\(([^)]+)\)/g) {
        my ($file, $anchor) = $1 =~ /^([^#]*)(?:#(.*))?$/;

        next if $file =~ /^https:/;

        $file = length $file ? ($dir || '') . $file : $page;
        1 while $file =~ s{[^/]+/\.\./}{};

        push @lost, "$file" if !-f "$top/$file";
        push @lost, "$file#$anchor"
            if defined $anchor && !slugs($file)->{$anchor};
    }

    is("@lost", '', "$page: its links lead somewhere");
}


# the anchors of a page's headings

sub slugs {
    my ($page) = @_;

    return $slugs{$page} ||= {
        map { lc($_) =~ s/[^\w\s-]//gr =~ s/\s/-/gr => 1 }
        (slurp($page) // '') =~ /^#+ (.*)$/mg
    };
}


sub first_lines {
    my ($block) = slurp('README.md') =~ /^```sh\n(curl .*?)^```$/ms;
    my ($text)  = slurp('tools/run') =~ /^cat << END\n(.*?)^END$/ms;
    my @readme  = commands($block);
    my @run     = commands($text =~ s/\\\\$/\\/gmr);

    s{\$url}{http://127.0.0.1:8080}g for @run;

    is(scalar @readme, 3, 'README has three curl lines');
    is_deeply(\@readme, \@run, 'they are those of make run');

    my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
        location = /health { tender_status; }
END

    my $url  = $t->url;
    my @like = (qr/"tenderID":"UA-\d{4}-CH-1"/, qr/"data": \[\s+\{\s+"id"/,
                qr/"status":"ok"/);

    delete @ENV{ grep { /_proxy$/i } keys %ENV };

    for my $command (@readme) {
        (my $here = $command) =~ s{http://127\.0\.0\.1:8080}{$url}g;
        $here =~ s/^curl /curl -s -f --max-time 20 /;

        like(scalar qx{$here}, shift @like, substr($command, 0, 60));
    }

    $t->finish;
}


sub commands {
    my ($text) = @_;

    $text =~ s/\\\n/ /g;

    return map { s/\s+/ /gr =~ s/^ | $//gr } $text =~ /^ *(curl .*)$/mg;
}


# the key space of the page is that of the store

sub layout {
    my ($table) = slurp('docs/architecture.md')
        =~ /^## Keys\n(.*?)^The three fields/ms;
    my %page = map { $_ => 1 } $table =~ /^\| `(\S+)` \|/mg;
    my $t = Tender::Test->new;
    my %seen;

    my $id = $t->post('/api/0.1/tenders', { data => {} })->json->{data}{id};

    $t->patch("/api/0.1/tenders/$id", { data => { method => 'Open' } });

    for my $key (@{ $t->redis('KEYS', '*') }) {
        my $type = $t->redis('TYPE', $key);
        (my $name = $key) =~ s/\{b0\}/{bN}/;

        $name =~ s/\Q$id\E/<id>/;
        $name =~ s/active\.tendering/<status>/;
        $type = { zset => 'sorted set' }->{$type} || $type;
        $seen{$name} = 1;

        like($table, qr/^\| `\Q$name\E` \| $type \|/m, "key $name");
    }

    is_deeply([sort keys %seen], [sort keys %page], 'no key is missing');
    is_deeply([sort keys %{ { @{ $t->redis('HGETALL',
                                           "{b0}:tender:$id") } } }],
              [qw(doc head own)], 'the fields of a tender');

    $t->finish;
}
