#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/procurement.md: each of its curl lines is run, in order, against an
# empty store, and answers as the page says.
#
# What no two runs share (ids, dates, tags, offsets, the year, the port)
# is numbered by its first appearance, in the page and in the answers: the
# same thing has to appear in the same places.  In the page's JSON a member
# "..." stands for those that are not shown.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $page = "$Tender::Test::TOP/docs/procurement.md";
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $host = qr{http://127\.0\.0\.1:8080};

my $varies = qr{
    \b[0-9a-f]{32}\b                                    # id
    | \b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z          # modified
    | "[0-9a-f]{12,16}(?:-p)?"                          # ETag
    | \b0[0-9a-v]{17}\b                                 # offset
    | (?<=\bUA-)\d{4}\b                                 # year
}x;

# an id of zeros is nobody's, the offset is that of an empty list
my $fixed = qr/^(?:0{32}|0400000000000000tk)$/;

my (%of_page, %of_run, @run);

open my $fh, '<:raw', $page or die "$page: $!\n";
my $text = do { local $/; readline $fh };

my $t = Tender::Test->new(location => <<'END');
    location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
    location /public/0.1/ { tender_api 0.1; tender_anonymous read; }
END

delete @ENV{ grep { /_proxy$/i } keys %ENV };

my @examples = examples($text);

cmp_ok(scalar @examples, '>', 20, 'the page has examples');
run($_) for @examples;

# every route has one

my $routes = $t->get('/api/0.1/spore')->json->{methods};

for my $name (sort keys %$routes) {
    my ($method, $path) = @{ $routes->{$name} }{qw(method path)};

    $path =~ s/:tender_id/{id}/;
    next if $method eq 'HEAD';

    like($text, qr/^\| \[`\Q$method $path\E`\]/m, "$method $path is listed");
}

refusals($text);

$t->finish;
done_testing;


# console blocks: "$ command", with lines that go on, then its answer

sub examples {
    my ($page) = @_;

    my @found;

    while ($page =~ /^```console\n(.*?)^```$/msg) {
        for my $part (split /^\$ /m, $1) {
            next if $part eq '';

            my $command = '';
            my $quotes;

            # a line goes on behind a backslash or within quotes
            while ($part =~ s/^(.*\n)//) {
                $command .= $1;
                $quotes = () = $command =~ /'/g;
                last if $command !~ /\\\n\z/ && $quotes % 2 == 0;
            }

            $part =~ s/\xe2\x8f\x8e\n//g;
            $part =~ s/\n+\z//;
            push @found, { command => $command, answer => $part };
        }
    }

    return @found;
}


sub run {
    my ($example) = @_;

    my $command = $example->{command};
    my ($name)  = $command =~ /\A(.{0,66})/;
    my $url     = $t->url;

    return fail("$name: not a curl line") if $command !~ /\Acurl /;

    $command =~ s/($varies)/known($1)/ge;
    $command =~ s/$host/$url/g;
    $command =~ s/\Acurl /curl -s -i --max-time 20 /;

    my $got = qx{$command};

    $got =~ s/\Q$url\E/http:\/\/127.0.0.1:8080/g;

    my ($head, $body) = split /\r\n\r\n/, $got, 2;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.1 (\d{3}) };
    my $answer = $example->{answer};

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

    # indented answers and scripts are compared as they are

    if (!$expected || $answer =~ /\A\{\n    "/) {
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

    $line =~ s{($varies)}{
        my $token = $1;
        $token =~ $fixed ? $token
            : '<' . ($seen->{$token} //= scalar keys %$seen) . '>';
    }ge;

    return $line;
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


# the block of bodies, each with the one error that it is answered with

sub refusals {
    my ($page) = @_;

    my ($block) = $page =~ /^What a body .*?^```text\n(.*?)^```$/ms;
    my @rows = ($block // '') =~ /^(\S.*)\n    (\w+): (.*)\n/mg;

    is(scalar(() = ($block // '') =~ /^\S/mg), @rows / 3,
       'the refusals are pairs');
    cmp_ok(scalar @rows, '>', 60, 'the page has refusals');

    while (my ($body, $field, $description) = splice @rows, 0, 3) {
        my $r = $t->post('/api/0.1/tenders', $body);

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

    is_deeply($t->get('/api/0.1/tenders')->json->{data}[2], undef,
              'none of them was published');
}
