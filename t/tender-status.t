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
    [ $past,           $late,       $soon,             $ENQUIRIES ],
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
                               '+inf') } $ENQUIRIES, $TENDERING), 1,
       "$name: in one index");
    is($t->redis('ZCARD', "{b0}:idx:status:$status"), 1, "$name: of $status");
}

$t->redis('FLUSHDB');

$id = publish($t, periods(undef, $late, $soon))->{id};

change({ method => 'Open' }, $ENQUIRIES, 'another member');
change({ clarificationPeriod => { endDate => $past } }, $TENDERING,
       'enquiries end');
change({ clarificationPeriod => { endDate => $soon } }, $ENQUIRIES,
       'enquiries open again');
change('{"data":{"clarificationPeriod":null}}', $TENDERING,
       'enquiries are removed');
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
change({ status => 'complete' }, $TENDERING, 'nobody sets a status');
change({ status => 'complete', method => 'Open' }, $TENDERING,
       'not even beside something else');


# a date on a later step of the status is not taken back

$t->redis('HSET', "{b0}:tender:$id", 'head',
          join ' ', @{ stored($t, $id) }{qw(rev us)}, 'complete',
          stored($t, $id)->{number});
$t->redis('RENAME', "{b0}:idx:status:$TENDERING", '{b0}:idx:status:complete');

my $r = $c->patch("$path/$id", { data => periods($soon, $late, $soon) });

is($r->json->{data}{status}, 'complete', 'a complete tender stays complete');
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

    my $tender = publish($t, periods($hour, $hour, $hour));

    is($tender->{status}, $status, "zone: $name");
    is($tender->{tenderPeriod}{endDate}, $hour, "zone: $name: as given");
    is(publish($t, periods("${hour}Z", "${hour}Z", "${hour}Z"))->{status},
       $ENQUIRIES, "zone: $name: a date with a zone needs none");

    $t->finish;
}

done_testing;
