#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_chronograph: what it takes, and that a node with "off" does not
# look while another one does.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                                     tender_ownership off; }';


# nginx -t of a value

sub says {
    my ($t, $lines) = @_;

    my $dir = $t->dir;
    my $conf = $t->slurp('nginx.conf');

    $conf =~ s/(tender_redis [^;]*;)/$1 $lines/ or die 'no tender_redis';
    $t->write_file('try.conf', $conf);

    local $ENV{ASAN_OPTIONS} = 'detect_leaks=0';
    local $ENV{LD_PRELOAD} = $ENV{TEST_TENDER_PRELOAD}
        if $ENV{TEST_TENDER_PRELOAD};

    my $nginx = Tender::Test::nginx_binary();

    return scalar qx{$nginx -t -p $dir -c $dir/try.conf -e $dir/try.log 2>&1};
}

my $off = Tender::Test->new(location => $LOCATION,
                            http => 'tender_chronograph off;');

{
    my $bare = Tender::Test->new(location => $LOCATION);

    like(says($bare, "tender_chronograph $_;"), qr/test is successful/,
         "tender_chronograph $_")
        for qw(off 10ms 250ms 1s 5m 1h);

    like(says($bare, "tender_chronograph $_;"),
         qr/"tender_chronograph" is a time from 10ms on, as in "1s", or "off"/,
         "not tender_chronograph $_")
        for qw(0 9ms 0s -1s 1.5s on never 1sec 99999999999999999999s);

    like(says($bare, 'tender_chronograph off; tender_chronograph 1s;'),
         qr/"tender_chronograph" directive is duplicate/, 'once');
    like(says($bare, 'tender_chronograph 1s; tender_chronograph off;'),
         qr/"tender_chronograph" directive is duplicate/, 'or off');
    like(says($bare, 'tender_chronograph;'),
         qr/invalid number of arguments/, 'one argument');
    $bare->finish;
}


# nobody looks: the end counts all the same

my $tender = gated($off, start => -60, end => 0.7);
my $bid = bid($off, $tender, 432.1);
my $later = gated($off, start => 0.5, end => 600);

until_us($off, $tender->{end} + 1_200_000);

is(shown($off, $tender)->{status}, 'active.tendering',
   'off: nothing has moved it on');
is($off->post("$API/$tender->{id}/bidders",
              { data => { totalValue => { amount => 1,
                                          currency => 'UAH' } } })->status,
   403, 'a bid after the end is refused');
is($off->get("$API/$tender->{id}/bidders")->status, 403,
   'nobody sees the bids');
unlike($off->get("$API/$tender->{id}")->body, qr/432\.1|bidHashes|number/i,
       'nor any trace of them');
is_deeply(statuses($off, $tender), [], 'no turn');

# from the start on, bids are taken

my $early = bid($off, $later, 400);

is(shown($off, $later)->{status}, 'active.enquiries',
   'off: the other one was not moved on either');
like($early->{id}, qr/^\w{32}$/, 'but it takes bids');


# another node of the same store looks

my $on = Tender::Test->new(
    location => $LOCATION, redis => 0,
    redis_addr => 'unix:' . $off->redis_socket,
    http => 'tender_chronograph 20ms;',
);

my $start = time();

turned($off, $tender, 'active.qualification', 'another node: moved on');
turned($off, $later, 'active.tendering', 'the other one as well');
cmp_ok(time() - $start, '<', 5, 'soon');
is_deeply(shown($off, $tender)->{bidHashes}, [$bid->{receipt}{hash}],
          'its hashes are published');
is_deeply(shown($on, $tender), shown($off, $tender), 'both show the same');
is_deeply(statuses($off, $tender), ['active.qualification'], 'one turn');

$on->finish;


# "off" by a reload, and on again

{
    my $t = Tender::Test->new(location => $LOCATION,
                              http => 'tender_chronograph 20ms;');
    my $conf = $t->slurp('nginx.conf');

    $t->write_file('nginx.conf',
                   $conf =~ s/(tender_chronograph) 20ms;/$1 off;/r);
    $t->reload;

    my $tender = gated($t, start => -60, end => 0.4);

    until_us($t, $tender->{end} + 500_000);
    is(shown($t, $tender)->{status}, 'active.tendering', 'a reload: off');

    $t->write_file('nginx.conf', $conf);
    $t->reload;
    turned($t, $tender, 'unsuccessful', 'another one: on');
    $t->finish;
}

$off->finish;
done_testing;
