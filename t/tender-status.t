#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The status that the periods of a tender give it.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $ENQUIRIES = 'active.enquiries';
my $TENDERING = 'active.tendering';

my $t = Tender::Test->new;
my $c = $t->client;
my $path = '/api/0.1/tenders';

my $past = date_in(-3600) . 'Z';
my $soon = date_in(3600) . 'Z';
my $late = date_in(7200) . 'Z';


# tenderPeriod.startDate, .endDate, clarificationPeriod.endDate

sub periods {
    my ($start, $end, $enquiries) = @_;

    my %data;

    $data{tenderPeriod}{startDate} = $start if $start;
    $data{tenderPeriod}{endDate}   = $end   if $end;
    $data{clarificationPeriod}{endDate} = $enquiries if $enquiries;

    return \%data;
}


# created

for my $case (
    [ undef,           undef,       undef,             $TENDERING ],
    [ undef,           undef,       $soon,             $TENDERING ],
    [ $soon,           undef,       undef,             $TENDERING ],
    [ undef,           $past,       undef,             $TENDERING ],
    [ undef,           $past,       $soon,             $TENDERING ],
    [ '2014-01-01',    '2014-02-01', $soon,            $TENDERING ],
    [ undef,           $late,       undef,             $TENDERING ],
    [ undef,           $late,       $soon,             $ENQUIRIES ],
    [ undef,           $late,       $past,             $TENDERING ],
    [ $soon,           $late,       undef,             $ENQUIRIES ],
    [ $past,           $late,       undef,             $TENDERING ],
    [ $past,           $late,       $soon,             $TENDERING ],
    [ $soon,           $late,       $past,             $ENQUIRIES ],
    [ $past,           $late,       $past,             $TENDERING ],
    [ undef,           '2035-01-01T00:00:00+02:00', '2034-01-01', $ENQUIRIES ],
) {
    my ($start, $end, $enquiries, $status) = @$case;

    my $tender = publish($t, periods($start, $end, $enquiries),
                         client => $c);
    my $name = join ', ', map { $_ || 'none' } @$case[0 .. 2];

    is($tender->{status}, $status, "periods $name");
    is_deeply($t->redis('ZSCORE', "{b0}:idx:status:$status",
                        "$tender->{id}|$tender->{modified}"
                        . substr(stored($t, $tender->{id})->{us}, -3)),
              stored($t, $tender->{id})->{us}, "in the index of $status");
}


# changed

my $id;

sub change {
    my ($data, $status, $name, $method) = @_;

    $method ||= 'patch';

    my $r = $c->$method("$path/$id", ref $data ? { data => $data } : $data);

    is($r->json->{data}{status}, $status, $name) or diag($r->body);
    is(scalar(grep { $t->redis('ZCOUNT', "{b0}:idx:status:$_", '-inf',
                               '+inf') } $ENQUIRIES, $TENDERING,
              'cancelled') - ($status eq 'cancelled'), 1,
       "$name: in one index");
    is($t->redis('ZCARD', "{b0}:idx:status:$status"), 1, "$name: of $status");
}

$t->redis('FLUSHDB');

$id = publish($t, periods(undef, $late, $soon))->{id};

my $later = date_in(9000) . 'Z';
my $closed = "Can't update tender in current (active.tendering) tender "
             . 'status';

change({ method => 'Open' }, $ENQUIRIES, 'another member');
change({ clarificationPeriod => { endDate => date_in(1800) . 'Z' } },
       $ENQUIRIES, 'another end of enquiries');
change({ tenderPeriod => { startDate => $soon } }, $ENQUIRIES,
       'tendering begins later');
change('{"data":{"tenderPeriod":{"endDate":null}}}', $TENDERING,
       'no end, no gate');
change({ tenderPeriod => { endDate => $late } }, $ENQUIRIES, 'an end again');
change({ tenderPeriod => { startDate => date_in(-7200) . 'Z',
                           endDate => $past } }, $TENDERING,
       'an end in the past is no gate');
change(periods(undef, $late, $soon), $ENQUIRIES, 'PUT with periods', 'put');
change({}, $TENDERING, 'PUT without', 'put');
change({ status => 'complete', method => 'Open' }, $TENDERING,
       'PUT sets no status', 'put');
change(periods(undef, $late, $past), $TENDERING, 'a gate, and bids are taken');


# what bidders go by stays as it is, but for a later end

for my $data ({ method => 'Limited' }, { tenderPeriod => { endDate => $soon } },
              { clarificationPeriod => { endDate => $soon } },
              { tenderPeriod => { endDate => $past } },
              { tenderPeriod => { endDate => $later }, method => 'Limited' },
              { tenderPeriod => { endDate => $later, startDate => $soon } })
{
    refused($c->patch("$path/$id", { data => $data }), 403,
            [body => 'data', $closed], 'not while bids are taken');
}

refused($c->patch("$path/$id", '{"data":{"tenderPeriod":null}}'), 403,
        [body => 'data', $closed], 'the gate is not taken away');
refused($c->put("$path/$id", '{"data":{}}'), 403, [body => 'data', $closed],
        'by no PUT either');

change({ tenderPeriod => { endDate => $later } }, $TENDERING,
       'the end is moved to a later date');
change({ method => 'Open', tenderPeriod => { endDate => $later } },
       $TENDERING, 'what is there already');


# periods without time for bids

my $no_time = 'tenderPeriod should end after it starts, and after '
              . 'clarificationPeriod if it has no startDate';

for my $case ([ undef, $soon, $late ], [ undef, $soon, $soon ],
              [ $soon, $soon, undef ])
{
    refused($c->post($path, { data => periods(@$case) }), 422,
            [body => 'tenderPeriod', $no_time], 'no time for bids');
}

my $open = publish($t, {}, client => $c)->{id};

refused($c->patch("$path/$open", { data => periods(undef, $soon, $late) }),
        422, [body => 'tenderPeriod', $no_time], 'nor by a change');


# cancelled, at any time before its end

change({ status => 'cancelled' }, 'cancelled', 'cancelled');
refused($c->patch("$path/$id", { data => { status => 'complete' } }), 403,
        [body => 'data', "Can't complete tender in current (cancelled) "
                         . 'tender status'], 'once and for all');
refused($c->patch("$path/$id", { data => { method => 'Limited' } }), 403,
        [body => 'data', "Can't update tender in current (cancelled) tender "
                         . 'status'], 'nothing changes any more');
is($c->patch("$path/$id", { data => { status => 'cancelled' } })->status,
   200, 'cancelled again is no change');
is($t->redis('ZSCORE', '{b0}:due', $id), undef, 'and nothing is due');

$t->redis('FLUSHDB');

$id = publish($t, {}, client => $c)->{id};

change({ method => 'Open' }, $TENDERING, 'without a gate');


# a date on a later step of the status is not taken back

$t->redis('HSET', "{b0}:tender:$id", 'head',
          join ' ', @{ stored($t, $id) }{qw(rev us)}, 'complete',
          stored($t, $id)->{number});
$t->redis('RENAME', "{b0}:idx:status:$TENDERING", '{b0}:idx:status:complete');

refused($c->patch("$path/$id", { data => periods($soon, $late, $soon) }),
        403, [body => 'data', "Can't update tender in current (complete) "
                              . 'tender status'],
        'a complete tender stays as it is');
is($t->redis('ZCARD', '{b0}:idx:status:complete'), 1, 'in its index');
is($t->redis('EXISTS', "{b0}:idx:status:$ENQUIRIES",
             "{b0}:idx:status:$TENDERING"), 0, 'and in no other');

$t->finish;


# a date without a zone is one of tender_timezone

my $hour = date_in(3600);

for my $case (
    [ '',                   $ENQUIRIES, 'UTC by default'      ],
    [ 'UTC',                $ENQUIRIES, 'UTC'                 ],
    [ 'Etc/GMT+12',         $ENQUIRIES, 'where it is earlier' ],
    [ 'Pacific/Kiritimati', $TENDERING, 'where it is over'    ],
    [ 'Europe/Kyiv',        $TENDERING, 'Kyiv'                ],
) {
    my ($zone, $status, $name) = @$case;

    $t = Tender::Test->new(http => $zone && "tender_timezone $zone;");
    $c = $t->client;

    my $tender = publish($t, periods($hour, date_in(7200)));

    is($tender->{status}, $status, "zone: $name");
    is($tender->{tenderPeriod}{startDate}, $hour, "zone: $name: as given");
    is(publish($t, periods($soon, "${late}", undef))->{status},
       $ENQUIRIES, "zone: $name: a date with a zone needs none");

    $t->finish;
}

done_testing;
