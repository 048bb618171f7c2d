#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Each change leaves a patch (RFC 6902) that undoes it: applied backwards,
# they give every document that there was, byte for byte in its values.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


# numbers as they are written: 7.00 is not 7

my $json = JSON::PP->new->utf8->canonical->allow_nonref;


sub decode {
    my ($text) = @_;

    $text =~ s/("(?:[^"\\]|\\.)*")|(-?\d[-+.\deE]*)/$1 || qq("#$2")/ge;

    return $json->decode($text);
}


sub apply {
    my ($doc, $patch) = @_;

    for my $op (@$patch) {
        my ($root, @names) = split m{/}, $op->{path}, -1;

        die "a path: $op->{path}" if $root ne '' || !@names;
        s{~1}{/}g, s{~0}{~}g for @names;

        my $last = pop @names;
        my $node = $doc;

        for (@names) {
            $node = ref $node eq 'ARRAY' ? $node->[$_] : $node->{$_};
            die "no such place: $op->{path}" if !ref $node;
        }

        change($node, $last, $op);
    }

    return $doc;
}


sub change {
    my ($node, $name, $op) = @_;

    if (ref $node eq 'ARRAY') {
        my $n = $name eq '-' ? @$node : $name;

        die "no element: $op->{path}"
            if $n !~ /^(?:0|[1-9]\d*)$/
               || $n > @$node - ($op->{op} eq 'add' ? 0 : 1);

        $op->{op} eq 'add'       ? splice @$node, $n, 0, $op->{value}
        : $op->{op} eq 'replace' ? $node->[$n] = $op->{value}
        : $op->{op} eq 'remove'  ? splice @$node, $n, 1
        :                          die "an operation: $op->{op}";

        return;
    }

    die "no member: $op->{path}"
        if $op->{op} ne 'add' && !exists $node->{$name};

    $op->{op} =~ /^(?:add|replace)$/ ? $node->{$name} = $op->{value}
    : $op->{op} eq 'remove'          ? delete $node->{$name}
    :                                  die "an operation: $op->{op}";
}


my $t = Tender::Test->new;
my $c = $t->client;

my $item = '{"description":"a/b~c","quantity":%d,"valuePerUnit":'
           . '{"amount":%s},"additionalClassification":[{"scheme":"ДКПП",'
           . '"id":"%s","description":"x"}]}';

sub item { sprintf $item, @_ }

my @changes = (
    [ patch => '{"totalValue":{"amount":500,"currency":"UAH"}}' ],
    [ patch => '{"totalValue":{"amount":500.00}}' ],
    [ patch => '{"totalValue":{"amount":485.50},"method":"Open"}' ],
    [ patch => '{"itemsToBeProcured":[' . item(1, '1.0', 'x') . ']}' ],
    [ patch => '{"itemsToBeProcured":[{},' . item(2, '2.00', 'y') . ','
               . item(3, '3', 'z') . ']}' ],
    [ patch => '{"itemsToBeProcured":[{"quantity":9},{},'
               . '{"valuePerUnit":{"amount":0.5}}]}' ],
    [ patch => '{"itemsToBeProcured":[{},{"additionalClassification":[{},'
               . '{"scheme":"s","id":"i","description":"d"}]},{}]}' ],
    [ patch => '{"itemsToBeProcured":[{}]}' ],
    [ patch => '{"method":null,"totalValue":null}' ],
    [ put   => '{"itemsToBeProcured":[' . item(7, '7', 'q') . ','
               . item(8, '8', 'r') . '],"selectionDetails":"\u0456\"\\\\"}' ],
    [ patch => '{"itemsToBeProcured":[]}' ],
    [ patch => '{"itemsToBeProcured":null,"notice":{"isAmendment":true,'
               . '"amendment":{"justification":""}}}' ],
    [ patch => '{"notice":{"amendment":{"justification":"~/\n"}},'
               . '"clarifications":false}' ],
    [ put   => '{}' ],
    [ put   => '{"procuringEntity":{"id":{"name":"Я","uid":"00037256"},'
               . '"address":{}}}' ],
    [ patch => '{"procuringEntity":{"address":{"region":"м. Київ"}}}' ],
);

my $tender = publish($t, '{"data":{"selectionDetails":"first"}}');
my $url    = "/api/0.1/tenders/$tender->{id}";
my @docs   = stored($t, $tender->{id})->{doc};
my @times;

for (@changes) {
    my ($method, $data) = @$_;
    my $r = $c->$method($url, qq({"data":$data}));

    $r->status == 200 or die "$method $data: ", $r->body;

    my $record = stored($t, $tender->{id});

    push @docs, $record->{doc};
    push @times, $record->{us};
    is($record->{rev}, @docs, "$method $data");
}


# undone one by one, the last one first

my @revisions = revisions($t, $tender->{id});

is(@revisions, @changes, 'a revision for each change');
is_deeply([map { $_->[0] } @revisions], \@times, 'with its time');
is((grep { $_->[1] eq 'anonymous' } @revisions), @changes, 'and its author');

my $now = decode($docs[-1]);

for my $i (reverse 0 .. $#changes) {
    my $patch = decode($revisions[$i][2]);

    $now = eval { apply($now, $patch) } || $@;
    is_deeply($now, decode($docs[$i]), "undone: $changes[$i][1]")
        or diag($revisions[$i][2]);
}

is($revisions[0][2], '[{"op":"remove","path":"/totalValue"}]',
   'what was added is removed');
is($revisions[1][2],
   '[{"op":"replace","path":"/totalValue/amount","value":500}]',
   'a patch holds no more than what has changed');

$t->finish;
done_testing;
