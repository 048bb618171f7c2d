#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/procurement.md, lifecycle.md, documents.md: the commands of each page
# are run, in order, against an empty store, and answer as the page says.
#
# What no two runs share (ids, tokens, hashes, dates, tags, offsets, the
# year, the port) is numbered by its first appearance, in the page and in the
# answers: the same thing has to appear in the same places.  In the page's
# JSON a member "..." stands for those that are not shown.  A line
# "<!-- the end of tendering comes -->" makes it come at once.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $host = qr{http://127\.0\.0\.1:8080};

my $varies = qr{
    \b(?:[0-9a-f]{64}|[0-9a-f]{32})\b                   # hash, id, token, key
    | \b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z          # modified
    | "[0-9a-f]{12,16}(?:-p)?"                          # ETag
    | \b0[0-9a-v]{17}\b                                 # offset
    | (?<=\bUA-)\d{4}\b                                 # year
    | (?<="received":)\d{16}\b
}x;

# ids that are nobody's or its import's, the offset of an empty list
my $fixed = qr/^(?:0{32}|(?:0123456789abcdef){2}|0400000000000000tk)$/;

my ($t, %of_page, %of_run, @run);
my $texts = '';

delete @ENV{ grep { /_proxy$/i } keys %ENV };

for my $name (qw(procurement lifecycle documents)) {
    my $text = slurp("docs/$name.md");

    $texts .= $text;
    run_page($name, $text);

    routes() if $name eq 'procurement';

    refusals($1, $2, $name)
        while $text =~ /^What a body of\n?`POST ([^`]+)`
                        .*?^```text\n(.*?)^```$/msgx;

    $t->finish;
}

done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}


sub run_page {
    my ($name, $text) = @_;

    my @examples = examples($text);
    my ($conf) = $text =~ /^```nginx\n(.*?)^```$/ms;

    cmp_ok(scalar @examples, '>', 15, "$name.md has examples");

    if ($name eq 'procurement') {
        is_deeply([($conf // '') =~ /^location (\S+)/mg],
                  [qw(/api/0.1/ /owned/0.1/ /public/0.1/ /internal/0.1/)],
                  'the page says where it runs');
    }

    $t = Tender::Test->new(http => 'tender_chronograph 20ms;',
                           location => configuration());

    (%of_page, %of_run, @run) = ();
    mkdir $t->dir . '/page' or die "mkdir: $!\n";

    for my $example (@examples) {
        end_tendering() if $example->{ends};
        run($name, $example);
    }
}


# the one of procurement.md is that of all pages

sub configuration {
    my ($conf) = slurp('docs/procurement.md') =~ /^```nginx\n(.*?)^```$/ms;

    return $conf;
}


# console blocks: "$ command", with lines that go on, then its answer

sub examples {
    my ($page) = @_;

    my ($ends, @found);

    while ($page =~ /^(?:```console\n(.*?)^```
                     |<!--[ ]the[ ]end[ ]of[ ]tendering[ ]comes[ ]-->)$/msgx)
    {
        if (!defined $1) {
            $ends = 1;
            next;
        }

        for my $part (split /^\$ /m, $1) {
            next if $part eq '';

            my $command = '';
            my $quotes;

            # a line goes on behind a backslash or within quotes
            while ($part =~ s/^(.*\n)//) {
                $command .= $1;
                $quotes = () = $command =~ /'/g;
                last if $command !~ /[\\|]\n\z/ && $quotes % 2 == 0;
            }

            $part =~ s/\xe2\x8f\x8e\n//g;
            $part =~ s/\n+\z//;
            push @found, { command => $command, answer => $part,
                           ends => $ends };
            $ends = 0;
        }
    }

    return @found;
}


# the moments at which bids are taken have passed, for all tenders

sub end_tendering {
    my @ids = @{ $t->redis('ZRANGE', '{b0}:due', 0, -1) };
    my $now = join '', map { sprintf '%06d', $_ } @{ $t->redis('TIME') };

    ok(scalar @ids, 'there are tenders that take bids by the clock');

    for my $id (@ids) {
        my @own = split / /, $t->redis('HGET', "{b0}:tender:$id", 'own'), -1;

        @own[2 .. 4] = (1, 1, $now - 1);
        $t->redis('HSET', "{b0}:tender:$id", 'own', "@own");
        $t->redis('ZADD', '{b0}:due', $now - 1, $id);
    }

    ok($t->wait_for(sub { !@{ $t->redis('ZRANGE', '{b0}:due', 0, -1) } }),
       'the end of tendering has come');
}


sub run {
    my ($page, $example) = @_;

    my $command = $example->{command};
    my $name    = "$page.md: " . substr $command =~ s/\s+/ /gr, 0, 60;
    my $url     = $t->url;
    my $answer  = $example->{answer};

    $command =~ s/($varies)/known($1)/ge;
    $command =~ s/$host/$url/g;

    if ($command =~ /\A([A-Z]+)=(\S+)\n\z/) {
        my ($variable, $value) = ($1, $2);

        $ENV{$variable} = $value =~ s/\$(\w+)/$ENV{$1}/gr;
        return is($answer, '', "$name: says nothing");
    }

    my $plain = $command !~ /\Acurl / || $command =~ / \| | -o /;

    $command =~ s/\bcurl /curl -s --max-time 20 /g;
    $command =~ s/\Acurl /curl -i / if !$plain;

    my $dir = $t->dir;
    my $got = qx{cd $dir/page && $command};

    $got =~ s/\Q$url\E/http:\/\/127.0.0.1:8080/g;

    if ($plain) {
        $got =~ s/\n+\z//;
        is($?, 0, "$name: done");
        return is(actual($got), numbered($answer), "$name: text");
    }

    answer($name, $got, $answer);
}


sub answer {
    my ($name, $got, $answer) = @_;

    # what was said to "Expect: 100-continue"
    $got =~ s{\AHTTP/1\.1 100 .*?\r\n\r\n}{}s;

    my ($head, $body) = split /\r\n\r\n/, $got, 2;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.1 (\d{3}) };

    return fail("$name: no answer") if !$status;

    if ($answer =~ m{\AHTTP/1\.1 (\d{3})[^\n]*\n?}) {
        my $expected = $1;
        (my $headers, $answer) = split /\n\n/, "$answer\n", 2;
        $answer = '' if !defined $answer;
        $answer =~ s/\n\z//;
        is($status, $expected, "$name: status");
        headers($name, $head, $headers);

    } else {
        like($status, qr/^20\d$/, "$name: status $status");
    }

    body($name, $body, $answer);
}


sub headers {
    my ($name, $head, $expected) = @_;

    my @lines = split /\n/, $expected;

    shift @lines;

    for my $line (@lines) {
        my ($key) = split /:/, $line;
        my ($got) = $head =~ /^(\Q$key\E: [^\r\n]*)/m;

        is(actual($got // ''), numbered($line), "$name: $key");
    }
}


sub body {
    my ($name, $body, $answer) = @_;

    my $expected = eval { $json->decode($answer) };

    # indented answers, scripts and files are compared as they are

    if (!$expected || $answer =~ /\A\{\n    "/) {
        $body =~ s/\n+\z//;
        is(actual($body), numbered($answer), "$name: text");
        return;
    }

    my $got = eval { $json->decode($body) };

    return fail("$name: not JSON: $body") if !$got;

    is(actual($json->encode(cut($got, $expected))),
       numbered($json->encode(cut($expected, $expected))), "$name: body");
}


# without the members that the page does not show

sub cut {
    my ($got, $shown) = @_;

    if (ref $got eq 'HASH' && ref $shown eq 'HASH') {
        my $open = exists $shown->{'...'};
        my @keys = grep { $_ ne '...' && (!$open || exists $shown->{$_}) }
                   keys %$got;

        return { map { $_ => cut($got->{$_}, $shown->{$_}) } @keys };
    }

    if (ref $got eq 'ARRAY' && ref $shown eq 'ARRAY') {
        return [ map { cut($got->[$_], $shown->[$_]) } 0 .. $#$got ];
    }

    return $got;
}


sub numbered { return number($_[0], \%of_page) }


sub actual {
    my ($line) = @_;

    my $result = number($line, \%of_run);

    $run[ $of_run{$_} ] = $_ for keys %of_run;

    return $result;
}


sub number {
    my ($line, $seen) = @_;

    # JSON text escapes what a header does not
    $line =~ s/\\"/"/g;

    # a sorted list of random hashes has no order that two runs share
    $line =~ s/("bidHashes":\[)([^]]*)/$1 . unsorted($2, $seen)/ge;

    $line =~ s{($varies)}{
        my $token = $1;
        $token =~ $fixed ? $token
            : '<' . ($seen->{$token} //= scalar keys %$seen) . '>';
    }ge;

    return $line;
}


sub unsorted {
    my ($list, $seen) = @_;

    my @known = sort { ($seen->{$a} // 1e9) <=> ($seen->{$b} // 1e9) }
                $list =~ /([0-9a-f]{64})/g;
    my $ok = join(',', map { qq("$_") } sort @known) eq $list;

    return join ',', $ok ? () : 'not sorted', map { qq("$_") } @known;
}


# what the run has for something that the page has named

sub known {
    my ($token) = @_;

    return $token if $token =~ $fixed;

    my $n = $of_page{$token};

    return $run[$n] if defined $n && defined $run[$n];

    fail("$token appears in a command before an answer");
    return $token;
}


# every route is listed in the page

sub routes {
    my $routes = $t->get('/api/0.1/spore')->json->{methods};

    for my $name (sort keys %$routes) {
        my ($method, $path) = @{ $routes->{$name} }{qw(method path)};
        my %named = (tenders => 'id', bidders => 'bid_id',
                     awards => 'award_id', documents => 'doc_id');

        $path =~ s/(\w+)\/:\w+/$1\/{$named{$1}}/g;
        next if $method eq 'HEAD';

        like($texts, qr/^\| \[`\Q$method $path\E`\]/m,
             "$method $path is listed");
    }
}


# a block of bodies, each with the one error that it is answered with

sub refusals {
    my ($path, $block, $page) = @_;

    my @rows = $block =~ /^(\S.*)\n    (\w+): (.*)\n/mg;
    my $list = $t->get('/api/0.1/tenders')->body;

    is(scalar(() = $block =~ /^\S/mg), @rows / 3,
       "$page.md: the refusals are pairs");
    cmp_ok(scalar @rows, '>', 9, "$page.md: there are refusals");

    $path =~ s/\$(\w+)/$ENV{$1}/;
    $path =~ s{^http://[^/]+}{};
    $path = "/api/0.1$path" if $path !~ m{^/api};

    while (my ($body, $field, $description) = splice @rows, 0, 3) {
        my $r = $t->post($path, $body);

        is($r->status, 422, "$body: refused");
        is_deeply(eval { $r->json }, {
            status => 'error',
            errors => [{
                location    => 'body',
                name        => $field,
                description => $json->decode($description),
            }],
        }, "$body: $description");
    }

    is($t->get('/api/0.1/tenders')->body, $list, 'nothing has changed');
}
