#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Deadlines: what is answered late or never, and what becomes of the answers
# that come after all.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $TIMEOUT = 0.4;
my $HEAD    = '1 1414397218158123 active.tendering UA-2014-1';

# the promise is 0.1 s; the rest is for the machine that runs the test
my $LATEST = $TIMEOUT + 0.1 + 0.4;


sub path { '/api/0.1/tenders/' . id($_[0]) }

sub id { sprintf '%032x', $_[0] }

sub bulk { '$' . length($_[0]) . "\r\n$_[0]\r\n" }


# what HMGET gives: a document that holds the key's own id

sub document {
    my ($id) = $_[1] =~ /tender:(\w+)/;

    return "*2\r\n" . bulk($HEAD) . bulk(qq({"submissionDetails":"$id"}));
}


sub committed { bulk($HEAD) }


sub start {
    my ($fake, %opt) = @_;

    return Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, %opt,
        http  => 'tender_redis_timeout ' . ($opt{timeout} || '400ms') . ';'
                 . 'tender_redis_connect_timeout 600ms;' . ($opt{http} || ''),
    );
}


sub fake {
    my ($scripts, @rules) = @_;

    return Tender::FakeRedis->new(
        scripts => $scripts,
        rules   => [
            @rules,
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => \&document },
            { expect => qr/^EVALSHA /, send => committed() },
        ],
    );
}


sub in_time {
    my ($r, $name) = @_;

    cmp_ok($r->elapsed, '>=', $TIMEOUT - 0.05,
           "$name: not before the deadline");
    cmp_ok($r->elapsed, '<=', $LATEST, "$name: nor long after it");
}


sub late_read {
    my ($r, $name) = @_;

    is($r->status, 503, "$name: 503");
    is($r->header('Retry-After'), 1, "$name: with Retry-After");
    like($r->json->{errors}[0]{description}, qr/did not answer in time/,
         "$name: and why");
}


sub unknown_write {
    my ($r, $name) = @_;

    is($r->status, 504, "$name: 504");
    is($r->header('Retry-After'), undef, "$name: without Retry-After");
    like($r->json->{errors}[0]{description}, qr/the outcome is unknown/,
         "$name: says that the outcome is unknown");
}


sub change { { data => { submissionMethod => 'Written' } } }


# a read that is answered too late, and the requests behind it

{
    my $fake = fake([[{ expect => qr/^HMGET/, sleep => 0.6,
                        send => document('HMGET', 'tender:' . id(1)) }], []]);
    my $t    = start($fake);
    my $late = $t->background(sub { $t->get(path(1)) });

    ok($fake->wait_for(qr/^HMGET/), 'a read is sent');

    my $next = $t->background(sub { $t->get(path(2)) });
    my $r    = $late->result;

    late_read($r, 'answered late');
    in_time($r, 'answered late');

    # its answer comes while this one waits

    $r = $t->get(path(3));
    is($r->status, 200, 'a request behind it');
    is($r->json->{data}{submissionDetails}, id(3), 'has its own answer');

    $r = $next->result;
    like($r->status, qr/^(200|503)$/, 'one that was near its deadline');
    is($r->json->{data}{submissionDetails}, id(2), 'has its own answer')
        if $r->status == 200;

    is($t->get(path(4))->json->{data}{submissionDetails}, id(4),
       'and so has the next one');
    is($fake->connections, 1, 'all on one link');
    $t->finish;
}


# a write that is answered too late: unknown, and never sent again

{
    my $fake = fake([[{ expect => qr/^EVALSHA/, sleep => 0.6,
                        send => committed() }], []]);
    my $t    = start($fake);
    my $r    = $t->patch(path(1), change());

    unknown_write($r, 'a PATCH');
    in_time($r, 'a PATCH');
    is($t->get(path(2))->json->{data}{submissionDetails}, id(2),
       'the next request has its own answer');
    is($t->patch(path(1), change())->status, 200, 'the next write, too');
    is(scalar(grep { /^EVAL/ } $fake->received), 2, 'no write was repeated');
    is($fake->connections, 1, 'all on one link');
    $t->finish;
}

{
    my $fake = fake([], { expect => qr/^EVALSHA/, ignore => 1 });
    my $t    = start($fake);
    my $r    = $t->post('/api/0.1/tenders', { data => {} });

    unknown_write($r, 'a POST');
    in_time($r, 'a POST');
    is($r->header('Location'), undef, 'a POST: no Location');

    ok($t->wait_for(sub { $fake->connections == 2 }),
       'a second timeout without an answer ends the link');
    is($t->get(path(1))->status, 200, 'the next one works');
    is(scalar(grep { /^EVAL/ } $fake->received), 1, 'the write is not on it');
    $t->finish;
}


# the link that is closed fails those behind the first one, each its way

{
    my $fake = fake([[{ expect => qr/^HMGET/, send => \&document },
                      { expect => qr/^HMGET/, ignore => 1 },
                      { times => -1, ignore => 1 }], []]);
    my $t = start($fake);

    is($t->get(path(9))->status, 200, 'the link is there');

    my $first = $t->background(sub { $t->get(path(1)) });

    ok($fake->wait_for(qr/^HMGET \S*@{[ id(1) ]} /), 'a read is sent');
    late_read($first->result, 'the first');

    my $read  = $t->background(sub { $t->get(path(2)) });
    my $write = $t->background(sub { $t->post('/api/0.1/tenders',
                                              { data => {} }) });

    $fake->wait_for(qr/^EVAL/);

    my $r = $read->result;

    late_read($r, 'a read behind it');
    cmp_ok($r->elapsed, '<=', $LATEST, 'by its deadline');

    $r = $write->result;
    unknown_write($r, 'a write behind it');
    cmp_ok($r->elapsed, '<=', $LATEST, 'by its deadline');

    is($t->get(path(3))->json->{data}{submissionDetails}, id(3),
       'the next link works');
    $t->finish;
}


# what was not sent is not sent later: a link that does not become ready

{
    my $fake = fake([[{ times => -1, ignore => 1 }], []]);
    my $t    = start($fake);

    ok($fake->wait_for(qr/^GET /), 'a server that does not greet');

    my $r = $t->post('/api/0.1/tenders', { data => {} });

    is($r->status, 503, 'a write that waits for it: 503');
    is($r->header('Retry-After'), 1, 'with Retry-After');
    like($r->json->{errors}[0]{description}, qr/nothing was changed/,
         'nothing was changed');
    cmp_ok($r->elapsed, '<=', $LATEST, 'by its deadline');

    ok($t->wait_for(sub { $t->get(path(1))->status == 200 }),
       'a later link works');
    is(scalar(grep { /^EVAL/ } $fake->received), 0, 'the write was never sent');
    $t->finish;
}


# a script that is not known any more: its deadline is still its own

{
    my $fake = fake([[
        { expect => qr/^HMGET/, send => \&document },
        { expect => qr/^EVALSHA/, sleep => 1, send => "-NOSCRIPT no\r\n" },
        { times => -1, ignore => 1 },
    ], []]);
    my $t     = start($fake, timeout => '1200ms');
    my $write = $t->background(sub { $t->patch(path(1), change()) });

    ok($fake->wait_for(qr/^EVALSHA/), 'a script is called by its hash');
    sleep 0.9;

    my $read = $t->background(sub { $t->get(path(2)) });

    ok($fake->wait_for(qr/^EVAL /), 'and then by its text');

    my $r = $write->result;

    unknown_write($r, 'unanswered');
    cmp_ok($r->elapsed, '<=', 1.7, 'by the deadline of the first attempt');
    late_read($read->result, 'the read between them');
    $t->finish;
}


# a script by its text, once; what answers NOSCRIPT to that is at fault

{
    my $fake = fake([], { expect => qr/^EVAL/, send => "-NOSCRIPT no\r\n" });
    my $t    = start($fake);

    $t->allow_errors(qr/NOSCRIPT/);
    is($t->post('/api/0.1/tenders', { data => {} })->status, 500,
       'NOSCRIPT for ever: 500');

    my @words = map { (split)[0] } grep { /^EVAL/ } $fake->received;

    is_deeply(\@words, ['EVALSHA', 'EVAL'],
              'by its hash, by its text, no more');
    $t->finish;
}

{
    my $fake = fake([[{ expect => qr/^EVALSHA/, send => "-NOSCRIPT no\r\n" },
                      { expect => qr/^EVAL /, send => bulk($HEAD) }]]);
    my $t    = start($fake);

    is($t->post('/api/0.1/tenders', { data => {} })->status, 201,
       'NOSCRIPT, then the text: 201');

    my ($hash, $text) = map  { $_->{words} }
                        grep { $_->{line} =~ /^EVAL/ } $fake->records;

    like($text->[1], qr/^#!lua/, 'the text begins as it should');
    is_deeply([@$hash[2 .. $#$hash]], [@$text[2 .. $#$text]],
              'both have the same keys and arguments');

    require Digest::SHA;
    is($hash->[1], Digest::SHA::sha1_hex($text->[1]), 'the hash is its hash');
    $t->finish;
}


# health has the deadline of every command

{
    my $fake = fake([], { expect => qr/^ROLE/, ignore => 1 });
    my $t    = start($fake, location => 'location /health { tender_status; }');
    my $r    = $t->get('/health');

    is($r->status, 503, 'health: 503');
    in_time($r, 'health');
    $t->finish;
}


# many of them, some of them late: nobody gets what was meant for another

{
    my $fake = fake([], { expect => qr/^HMGET \S*[02468ace] /, sleep => 0.08,
                          send => \&document });
    my $t = start($fake);

    my @answers = map { @$_ } $t->parallel(16, sub {
        my ($k) = @_;
        my $c   = $t->client;

        return [map {
            my $id = id($k * 1000 + $_);
            my $r  = $c->get("/api/0.1/tenders/$id");

            $r->status == 503 ? 'late'
            : $r->status == 200 && $r->json->{data}{submissionDetails} eq $id
            ? 'good' : "$id: " . $r->status . ' ' . $r->body;
        } 1 .. 4];
    });

    my %count;

    $count{$_}++ for @answers;

    ok(delete $count{late}, 'of 64 requests some are late');
    ok(delete $count{good}, 'some are not, and have their own answers');
    is_deeply(\%count, {}, 'nobody has one of another');
    $t->finish;
}


done_testing;
