#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tenderID: country, year, initials of the procuring entity, a count.

use strict;
use utf8;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


sub number {
    my ($t, $name) = @_;

    my $data = defined $name
             ? { procuringEntity => { id => { name => $name } } } : {};

    return publish($t, $data)->{tenderID};
}


# Ukraine by default

my $t = Tender::Test->new;

my $tender = publish($t, {});
my $year   = substr $tender->{modified}, 0, 4;
my $dus    = 'Державне управління справами';

is($tender->{tenderID}, "UA-$year-1", 'no name, no initials');
is(number($t, $dus), "UA-$year-DUS-1", 'a series for each initials');
is(number($t), "UA-$year-2", 'the series without');
is(number($t, $dus), "UA-$year-DUS-2", 'goes on');
is(number($t, 'Дім Української Слави'), "UA-$year-DUS-3",
   'the initials are the series, not the name');
is(number($t, '«42»'), "UA-$year-3", 'a name without letters');
is(number($t, 'Їжак єдиний'), "UA-$year-YY-1", 'Ukrainian letters');
is(number($t, 'one two three four five six seven eight nine'),
   "UA-$year-OTTFFSSE-1", 'no more than 8 initials');

is($t->patch("/api/0.1/tenders/$tender->{id}", { data => {
       procuringEntity => { id => { name => $dus } },
   } })->json->{data}{tenderID}, $tender->{tenderID},
   'a number never changes');

$t->post('/api/0.1/tenders', '{"data":{"procuringEntity":{"id":{"name":"Д У"},'
         . '"x":1}}}');
is(number($t, 'Д У'), "UA-$year-DU-1", 'a refused tender takes no number');


# counted per year

$t->redis('HSET', '{b0}:numbers', "UA-2014-DUS-", 155,
          'UA-' . ($year + 1) . '-DUS-', 7);
is(number($t, $dus), "UA-$year-DUS-4", 'the count of another year is another');
$t->redis('HSET', '{b0}:numbers', "UA-$year-DUS-", 155);
is(number($t, $dus), "UA-$year-DUS-156", 'the count is in the store');

$t->finish;


# other countries

for my $case (
    [ 'RU', 'Единый заказчик Юга',                  'YZY'  ],
    [ 'RU', 'Главное управление',                   'GU'   ],
    [ 'FR', "Ministère de l'Éducation nationale",   'MDLN' ],
    [ 'PL', 'Łódzki Zakład Usług Żeglugowych',      'LZUZ' ],
    [ 'UA', 'Єдиний замовник',                      'YZ'   ],
    [ 'PL', 'Державне управління справами',         'DUS'  ],
    [ 'TENDERS', 'Österreichische Straßen',         'OS'   ],
) {
    my ($country, $name, $initials) = @$case;

    $t = Tender::Test->new(http => "tender_id_prefix $country;");
    is(number($t, $name), "$country-$year-$initials-1", "$country $initials");
    is(number($t), "$country-$year-1", "$country without a name");
    $t->finish;
}


# several buckets: numbers are unique, although none asks another

$t = Tender::Test->new(redis_args => 'buckets=4');

my (%seen, %rests);

for (1 .. 60) {
    my ($n) = number($t, $dus) =~ /^UA-$year-DUS-(\d+)$/;

    $seen{$n}++;
    $rests{$n % 4}++;
}

is(keys %seen, 60, 'unique in four buckets');
is(join(' ', sort keys %rests), '0 1 2 3', 'each bucket has its own');

for my $rest (sort keys %rests) {
    my @in = sort { $a <=> $b } grep { $_ % 4 == $rest } keys %seen;

    is_deeply(\@in, [map { $_ * 4 + $rest } 1 .. @in],
              "those of bucket $rest follow each other");
}

$t->finish;
done_testing;
