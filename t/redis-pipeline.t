#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Links and pipelines: how many there are, how commands share writes and
# answers find their requests.

use strict;
use warnings;

use File::Temp ();
use IO::Select;
use IO::Socket::UNIX;
use Test::More;

use lib 't/lib';
use Tender::Child;
use Tender::FakeRedis;
use Tender::Test;


my $HEAD = '1 1414397218158123 active.tendering UA-2014-1';


sub path { '/api/0.1/tenders/' . id($_[0]) }

sub id { sprintf '%032x', $_[0] }

sub bulk { '$' . length($_[0]) . "\r\n$_[0]\r\n" }


# what HMGET gives: a document that holds the key's own id

sub document {
    my ($id) = $_[1] =~ /tender:(\w+)/;

    return "*2\r\n" . bulk($HEAD) . bulk(qq({"submissionDetails":"$id"}));
}


# requests for several tenders that the worker sees in one turn of its loop

sub at_once {
    my ($t, @requests) = @_;

    my ($pid)   = $t->worker_pids;
    my @clients = map { my $c = $t->client; $c->get('/ping'); $c } @requests;

    kill 'STOP', $pid;
    $t->wait_for(sub { state_of($pid) eq 'T' }) or die 'it does not stop';

    $clients[$_]->send($clients[$_]->format(@{ $requests[$_] }))
        for 0 .. $#requests;

    kill 'CONT', $pid;

    return map { my $r = eval { $_->receive }; $r || die $@ } @clients;
}


sub state_of {
    my ($pid) = @_;

    open my $fh, '<', "/proc/$pid/stat" or return '';

    return readline($fh) =~ /\) (\S)/ ? $1 : '';
}


# A server that counts how many commands come with each read.  It answers
# "reads" on its control socket with these counts, without the greeting.

package Counter;

sub new {
    my ($class) = @_;

    my $dir  = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
    my $sock = IO::Socket::UNIX->new(Local => "$dir/sock", Listen => 16)
        or die "cannot listen: $!";

    chmod 0777, "$dir/sock";
    chmod 0755, "$dir";

    my $child = Tender::Child->serve(sub { serve($sock, @_) });

    return bless { dir => $dir, child => $child }, $class;
}


sub addr  { "unix:$_[0]{dir}/sock" }
sub reads { split / /, $_[0]{child}->ask('reads') }


sub serve {
    my ($listen, $control) = @_;

    my $select = IO::Select->new($listen, $control);
    my %buf;
    my @reads;

    while (1) {
        for my $ready ($select->can_read) {
            if ($ready == $listen) {
                $select->add(scalar $listen->accept);

            } elsif ($ready == $control) {
                defined readline $control or return;
                print $control "@reads\n";

            } elsif (sysread $ready, $buf{$ready}, 1 << 20,
                     length($buf{$ready} // ''))
            {
                my $n = 0;

                while (my $words = Tender::FakeRedis::parse(\$buf{$ready})) {
                    $n++ if $words->[0] !~ /^(CLIENT|SET|GET)$/;
                    syswrite $ready, answer(@$words);
                }

                push @reads, $n if $n;

            } else {
                $select->remove($ready);
            }
        }
    }
}


sub answer {
    return $_[0] eq 'HMGET' ? main::document(@_)
         : $_[0] eq 'GET'   ? "\$1\r\n1\r\n" : "+OK\r\n";
}


package main;

my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
                location = /health { tender_status; }
                location = /ping { return 200 pong; }';


# one write of a turn

{
    my $server = Counter->new;
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $server->addr, location => $LOCATION,
    );

    is($t->get(path(1))->status, 200, 'the link is there');

    my @answers = at_once($t, map { ['GET', path($_)] } 1 .. 50);

    is_deeply([map { $_->status } @answers], [(200) x 50], '50 at once');
    is_deeply([map { $_->json->{data}{submissionDetails} } @answers],
              [map { id($_) } 1 .. 50], 'each gets its own');

    my @reads = $server->reads;
    my $sum   = 0;

    $sum += $_ for @reads;

    is($sum, 51, '51 commands');
    cmp_ok(@reads, '<=', 3, "came in few pieces: @reads");
    $t->finish;
}


# answers in one piece, in pieces of one byte, and cut anywhere

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /,
              send   => [map { ($_, \0.0005) } split //,
                         document('HMGET', 'tender:1')] },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
    );

    is($t->get(path(1))->json->{data}{submissionDetails}, 1,
       'an answer in bytes');
    $t->finish;
}

{
    # longer than what is read and parsed at once

    my $long = join ' ', map { sprintf '%07d', $_ } 1 .. 12_000;
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => sub {
                  my ($id) = $_[1] =~ /tender:(\w+)/;

                  return "*2\r\n" . bulk($HEAD)
                         . bulk(qq({"methodJustification":"$id $long"}));
              } },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
    );

    my @answers = at_once($t, map { ['GET', path($_)] } 1 .. 20);
    my @wrong   = grep {
        index($answers[$_ - 1]->body, '"' . id($_) . qq( $long")) < 0
    } 1 .. 20;

    is_deeply(\@wrong, [], '20 answers of 96 KB');
    $t->finish;
}


# a command longer than the output buffer, and longer than a socket takes

{
    my $t = Tender::Test->new(
        location => $LOCATION, server => 'client_max_body_size 2m;
                                          client_body_buffer_size 2m;',
        http     => 'tender_chronograph off;',
    );

    my $text  = 'x' x 99_000;
    my $items = join ',', map { qq({"description":"$_ $text"}) } 1 .. 10;
    my $r     = $t->post('/api/0.1/tenders',
                         qq({"data":{"itemsToBeProcured":[$items]}}));

    is($r->status, 201, 'a command of 1 MB');

    my ($id) = $r->body =~ /"id":"(\w{32})"/;

    ok(index($t->get("/api/0.1/tenders/$id")->body, $items) > 0,
       'and the answer to read it');
    is($t->get('/health')->json->{redis}{pending}, 0, 'nothing is left');
    $t->finish;
}


# links: so many for each worker, used in turn

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => \&document },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        workers => 2, http => 'tender_redis_connections 3;',
    );

    ok($t->wait_for(sub { $fake->connections == 6 }),
       'three links for each of two workers');
    ok($t->wait_for(sub {
        $t->get('/health')->json->{redis}{connections} == 3;
    }), 'a worker knows of its own');

    $t->get(path($_)) for 1 .. 30;
    is($fake->connections, 6, 'there are no more of them under load');

    my %names = map { $_ => 1 } grep { /SETNAME/ } $fake->received;

    is_deeply([sort keys %names],
              [sort map { "CLIENT SETNAME tender-$_" } $t->worker_pids],
              'they are named by their workers');
    $t->finish;
}

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => \&document },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        http => 'tender_redis_connections 2;',
    );

    $t->wait_for(sub { (grep { /^GET/ } $fake->received) == 2 });
    is($t->get(path($_))->status, 200, "request $_") for 1 .. 10;

    my %by;

    $by{ $_->{conn} }++ for grep { $_->{line} =~ /^HMGET/ } $fake->records;

    is_deeply(\%by, { 1 => 5, 2 => 5 }, 'links are used in turn');
    $t->finish;
}


# one of two links is lost, the other one serves

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET \S*0001 /, close => 1 },
            { expect => qr/^HMGET /, send => \&document },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        http => 'tender_redis_connections 2;',
    );

    $t->wait_for(sub { (grep { /^GET/ } $fake->received) == 2 });
    is($t->get(path(1))->status, 503, 'a link is closed');
    is_deeply([map { $t->get(path($_))->status } 2 .. 11], [(200) x 10],
              'the next requests do not notice');
    ok($t->wait_for(sub { $fake->connections == 3 }), 'it is opened again');
    $t->finish;
}


# too much is pending

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET \S*0009 /, send => \&document },
            { expect => qr/^(HMGET|ROLE)/, ignore => 1 },
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        http => 'tender_redis_max_pending 3; tender_redis_timeout 5s;',
    );

    is($t->get(path(9))->status, 200, 'the link is there');

    my @waiting = map {
        my $c = $t->client;

        $c->send($c->format('GET', path($_)));
        $c;
    } 1 .. 3;

    ok($fake->wait_for(qr/^HMGET \S*$_ /), "request $_ waits")
        for map { id($_) } 1 .. 3;

    for (1 .. 5) {
        my $r = $t->get(path(4));

        is($r->status, 503, 'one more: 503');
        cmp_ok($r->elapsed, '<', 1, 'at once');
        is($r->header('Retry-After'), 1, 'Retry-After');
        like($r->json->{errors}[0]{description}, qr/Too many requests wait/,
             'and why');
    }

    is($t->post('/api/0.1/tenders', { data => {} })->status, 503,
       'a write as well');
    is($t->get('/ping')->status, 200, 'what needs no Redis goes on');

    my $health = $t->get('/health');

    is($health->status, 503, 'health says so');
    is($health->json->{redis}{pending}, 3, 'with how many');

    $_->close for splice @waiting, 0, 2;
    ok($t->wait_for(sub {
        my $c = $t->client;

        $c->send($c->format('GET', path(5)));

        my $came = $fake->wait_for(qr/^HMGET \S*@{[ id(5) ]} /, 0.05);

        $c->close;
        $came;
    }), 'two leave: there is room again');
    is(scalar(grep { /0004 / } $fake->received), 0,
       'what was refused was never sent');
    $_->close for @waiting;
    $t->finish;
}


done_testing;
