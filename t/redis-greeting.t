#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What a link to Redis begins with, and what happens when Redis refuses it.

use strict;
use warnings;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $NONE     = '/api/0.1/tenders/' . 'f' x 32;
my $PASSWORD = 'open: sesame, "s3cret"';
my $HEALTH   = 'location = /health { tender_status; }
                location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }';


sub password_file {
    my ($text) = @_;

    my $file = File::Temp->new;

    print $file $text;
    $file->flush;

    return $file;
}


# what a fake Redis hears from a worker that starts

sub greeting {
    my ($fake, $commands, %opt) = @_;

    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $HEALTH, %opt,
    );

    my @received;

    ok($t->wait_for(sub { (@received = $fake->received) >= $commands }),
       'the last command of the greeting came');

    my $pid = ($t->worker_pids)[0];

    $t->finish;

    return map { s/\btender-$pid$/tender-PID/r } @received;
}


# Retry-After, and a document that says that nothing was changed

sub refused_at_once {
    my ($t, $name) = @_;

    my $r = $t->post('/api/0.1/tenders', { data => {} });

    is($r->status, 503, "$name: 503");
    is($r->header('Retry-After'), 1, "$name: with Retry-After");
    is($r->json->{status}, 'error', "$name: a document of the API");
    like($r->json->{errors}[0]{description}, qr/nothing was changed/,
         "$name: which says that nothing was changed");
    is($t->get('/health')->status, 503, "$name: health says so");
}


sub works {
    my ($t, $name) = @_;

    ok($t->wait_for(sub { $t->get($NONE)->status == 404 }), $name);
}


# fails until Redis is as it should be

sub refused {
    my ($t, $name, $line) = @_;

    ok($t->wait_for(sub { $t->error_log =~ /refused the greeting/ }),
       "$name: the link is not used");
    like($t->error_log, $line, "$name: the log says why");
    refused_at_once($t, $name);
}


# order

my $file = password_file("$PASSWORD\n");
my @rest = ('CLIENT SETNAME tender-PID');

is_deeply(
    [greeting(
        Tender::FakeRedis->new(rules => [Tender::FakeRedis->handshake]),
        4,
    )],
    [@rest, 'GET {g}:buckets', 'SET {g}:buckets 1 NX', 'GET {g}:buckets'],
    'the shortest greeting of a new store'
);

is_deeply(
    [greeting(
        Tender::FakeRedis->new(rules => [Tender::FakeRedis->handshake]),
        6,
        redis_args => 'db=3 buckets=4',
        http => "tender_redis_password_file $file; tender_prefix x:;",
    )],
    ["AUTH $PASSWORD", 'SELECT 3', @rest,
     'GET x:{g}:buckets', 'SET x:{g}:buckets 4 NX', 'GET x:{g}:buckets'],
    'with a password, a database, buckets and a prefix'
);

is_deeply(
    [greeting(
        Tender::FakeRedis->new(rules => [{ ignore => 1 }]),
        4,
        redis_args => 'db=1',
        http => "tender_redis_user clerk; tender_redis_password_file $file;",
    )],
    ["AUTH clerk $PASSWORD", 'SELECT 1', @rest, 'GET {g}:buckets'],
    'all of it is sent before the first answer'
);


# the words of a password stay one argument and reach no log

{
    local $ENV{TEST_TENDER_LOG} = 'debug';

    my $fake = Tender::FakeRedis->new(
        rules => [
            { expect => qr/^AUTH/, send => sub {
                  "-ERR unknown command 'AUTH', with args beginning with: "
                  . join(' ', map { "'$_'" } @_[1 .. $#_]) . "\r\n";
            } },
            Tender::FakeRedis->handshake,
        ],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $HEALTH,
        http  => "tender_redis_user clerk7; tender_redis_password_file $file;",
    );

    $t->allow_errors(qr/unknown command/);
    refused($t, 'AUTH unknown', qr/\[alert\].*"ERR unknown command 'AUTH'"/);

    my ($auth) = grep { $_->{words}[0] eq 'AUTH' } $fake->records;

    is_deeply($auth->{words}, ['AUTH', 'clerk7', $PASSWORD],
              'user and password are one argument each');

    unlike($t->error_log, qr/s3cret/, 'no password in a debug log');
    unlike($t->error_log, qr/clerk7/, 'no user in it');
    unlike($t->access_log, qr/s3cret/, 'nor in the access log');
    $t->finish;
}


# a wrong password, then the right one

{
    my $wrong = password_file("wr0ng-$$\n");
    my $t = Tender::Test->new(
        redis => { args => ['--requirepass', $PASSWORD],
                   password => $PASSWORD },
        location => $HEALTH,
        http => "tender_redis_password_file $wrong;",
    );

    $t->allow_errors(qr/WRONGPASS/);
    refused($t, 'wrong password', qr/\[alert\].*WRONGPASS/);
    unlike($t->error_log, qr/wr0ng/, 'it is not logged');

    $t->redis('CONFIG', 'SET', 'requirepass', "wr0ng-$$");
    works($t, 'wrong password: mended');

    # and what the password protects is lost again, while links are open

    $t->{redis}{password} = "wr0ng-$$";
    $t->redis('CONFIG', 'SET', 'requirepass', $PASSWORD);
    $t->redis('CLIENT', 'KILL', 'TYPE', 'normal');
    ok($t->wait_for(sub { $t->get($NONE)->status == 503 }),
       'a new password and CLIENT KILL');
    refused_at_once($t, 'a new password');
    $t->redis('CONFIG', 'SET', 'requirepass', "wr0ng-$$");
    works($t, 'a new password: mended');
    $t->finish;
}


# a password is needed and there is none

{
    my $t = Tender::Test->new(
        redis => { args => ['--requirepass', $PASSWORD],
                   password => $PASSWORD },
        location => $HEALTH,
    );

    $t->allow_errors(qr/NOAUTH/);
    refused($t, 'no password', qr/\[alert\].*NOAUTH/);
    $t->redis('CONFIG', 'SET', 'requirepass', '');
    works($t, 'no password: mended');
    $t->finish;
}


# a database that does not exist

{
    my $t = Tender::Test->new(
        redis_args => 'db=15', redis => { args => ['--databases', 4] },
        location => $HEALTH,
    );

    $t->allow_errors(qr/DB index/);
    refused($t, 'unknown db', qr/\[alert\].*DB index is out of range/);
    is($t->redis('DBSIZE'), 0, 'nothing was written elsewhere');
    $t->finish;
}

{
    my $t = Tender::Test->new(redis_args => 'db=2', location => $HEALTH);

    is($t->post('/api/0.1/tenders', { data => {} })->status, 201, 'db=2');
    is($t->redis('DBSIZE'), 0, 'database 0 is empty');
    $t->redis('SELECT', 2);
    is($t->redis('GET', '{g}:buckets'), 1, 'database 2 is not');
    $t->finish;
}


# an account that may do nothing, less than is needed, and all

{
    my $itsme = password_file('itsme');
    my $t = Tender::Test->new(
        redis => { args => ['--user', qw(clerk on >itsme ~none +@all)] },
        location => $HEALTH,
        http => 'tender_redis_user clerk;'
                . "tender_redis_password_file $itsme;",
    );

    $t->allow_errors(qr/NOPERM|WRONGPASS/);
    refused($t, 'no rights', qr/\[alert\].*NOPERM/);
    unlike($t->error_log, qr/itsme/, 'no password in the log');

    $t->redis('ACL', 'SETUSER', 'clerk', '~*', '-@all', '+auth', '+get',
              '+set', '+client', '+hmget', '+role');
    works($t, 'rights to read: reading works');

    my @statuses = map { $t->post('/api/0.1/tenders', { data => {} })->status }
                   1 .. 20;

    is_deeply(\@statuses, [(500) x 20], 'writing does not: 500');

    my $r = $t->post('/api/0.1/tenders', { data => {} });

    is($r->header('Retry-After'), undef, 'without Retry-After');
    like($r->json->{errors}[0]{description}, qr/nothing was changed/,
         'but with a document');

    my $lines = () = $t->error_log =~ /NOPERM/g;

    is($lines, 1, 'one line in 10 s for all of them');

    $t->redis('ACL', 'SETUSER', 'clerk', '+@all');
    is($t->post('/api/0.1/tenders', { data => {} })->status, 201,
       'all rights: writing works');

    $t->redis('ACL', 'SETUSER', 'clerk', 'off');
    $t->redis('CLIENT', 'KILL', 'USER', 'clerk');
    ok($t->wait_for(sub { $t->get($NONE)->status == 503 }),
       'the account is switched off');
    refused_at_once($t, 'switched off');
    $t->redis('ACL', 'SETUSER', 'clerk', 'on');
    works($t, 'switched on again');
    $t->finish;
}


# a store of other buckets

{
    my $fake = Tender::FakeRedis->new(
        rules => [Tender::FakeRedis->handshake(
            keys => { '{g}:buckets' => 7 },
        )],
    );
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, redis_args => 'buckets=8',
        location => $HEALTH,
    );

    $t->allow_errors(qr/buckets/);
    refused($t, 'other buckets',
            qr/\[alert\].*another number.*"buckets=7 and not 8"/);
    is_deeply([$fake->unexpected], [], 'nothing was asked of it');
    $t->finish;
}

{
    my $t = Tender::Test->new(redis_args => 'buckets=8', location => $HEALTH);

    works($t, 'a new store');
    is($t->redis('GET', '{g}:buckets'), 8, 'is marked with its buckets');
    $t->reload;
    works($t, 'and opens again');
    $t->finish;
}


done_testing;
