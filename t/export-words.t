#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# kwords at the export: words, phrases, prefixes, brackets, what is excluded,
# where it is looked for; five languages; what is shown of it; what is refused.

use strict;
use warnings;
use utf8;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Test;


binmode Test::More->builder->$_, ':utf8'
    for qw(output failure_output todo_output);

my $t   = export_test();
my $key = key_of($t);
my %label;

publish(uk => 'Закупівля сталевих труб',
        'Для міської тепломережі; м’яка упаковка, об’єкт у Києві',
        'Управління житлового господарства', 'Кран кульовий');
publish(ru => 'Поставка ёлок и игрушек',
        'Ёлка искусственная, гирлянды для детского сада',
        'Администрация города', 'Набор шаров');
publish(fr => "Réfection de l'école élémentaire",
        'Travaux de couverture, œuvre durable, garçons et filles',
        'Mairie de Besançon', 'Tuiles plates');
publish(pl => 'Usługa żywienia zbiorowego',
        'Zażółć gęślą jaźń, dostawa łóżek',
        'Urząd Miasta Łódź', 'Łóżko szpitalne');
publish(en => 'Antivirus licences for the city hall',
        'Kaspersky Endpoint Security, full-text search, lot 12/2014',
        'Springfield Borough Council', 'Licence key');
publish(office => 'Office chairs and desks',
        'Desks for the city archive, chairs with full text manuals',
        'City Archive', 'Desk');

words();
languages();
places();
excluded();
fragments();
bounds();

$t->finish;
done_testing;


sub publish {
    my ($name, $title, $description, $buyer, $item) = @_;

    my $id = tender($t, {
        title => $title, description => $description,
        procuringEntity => { id => { name => $buyer } },
        itemsToBeProcured => [ { description => $item } ],
    });

    my ($card) = (records(ask($t, "dtype=json&id=$id", $key)))[1];

    $label{ $card->{ID} } = $name;
}


sub finds {
    my ($query, $names, $more) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = ask($t, "dtype=json&fields=ID&" . ($more // '') . "&kwords=$query",
                $key);
    my $got = $r->status == 200
              ? join ' ', sort map { $label{ $_->{ID} } }
                               (records($r))[1 .. @{ $r->json } - 1]
              : $r->status . ' ' . $r->body;

    is($got, join(' ', sort split / /, $names),
       "$query" . ($more ? " ($more)" : ''));
}


sub words {
    finds('kaspersky', 'en');
    finds('KASPERSKY', 'en');
    finds('city', 'en office');
    finds('city hall', 'en');
    finds('hall city', 'en');
    finds('city nothing', '');
    finds('"city hall"', 'en');
    finds('"hall city"', '');
    finds('"city archive"', 'office');
    finds('"city  HALL"', 'en');

    # several words in one are a phrase

    finds('full-text', 'en office');
    finds('12/2014', 'en');
    finds('2014/12', '');

    # between two texts there is no phrase

    finds('"hall kaspersky"', '');

    # either, and what is stronger

    finds('kaspersky | chairs', 'en office');
    finds('kaspersky OR chairs', 'en office');
    finds('kaspersky or chairs', '');
    finds('city kaspersky | city chairs', 'en office');
    finds('city (kaspersky | chairs)', 'en office');
    finds('(kaspersky | ёлка) city', 'en');
    finds('((kaspersky))', 'en');

    # not

    finds('city -kaspersky', 'office');
    finds('city NOT kaspersky', 'office');
    finds('city -"city hall"', 'office');
    finds('city -(kaspersky | chairs)', '');
    finds('-kaspersky -chairs', 'fr pl ru uk');
    finds('NOT city', 'fr pl ru uk');

    # prefix

    finds('kasper*', 'en');
    finds('kasper', '');
    finds('ci*', 'en office');
    finds('des* -kasp*', 'office');
    finds('desk', 'office');

    # nothing to look for is anything

    finds('', 'en fr office pl ru uk');
    finds('   ', 'en fr office pl ru uk');
}


sub languages {

    # Ukrainian: the apostrophe is part of a word, whichever sign it is

    finds('сталевих', 'uk');
    finds('СТАЛЕВИХ ТРУБ', 'uk');
    finds("м'яка", 'uk');
    finds("об'єкт", 'uk');
    finds('києві', 'uk');
    finds('киеві', '');
    finds('закупівл*', 'uk');

    # Russian

    finds('елок', 'ru');
    finds('ёлок', 'ru');
    finds('ЕЛКА', 'ru');
    finds('игрушек -гирлянды', '');
    finds('"детского сада"', 'ru');

    # French

    finds('ecole', 'fr');
    finds('ÉCOLE', 'fr');
    finds("l'ecole elementaire", 'fr');
    finds('garcons', 'fr');
    finds('besancon', 'fr');
    finds('réfection', 'fr');

    # Polish

    finds('zolc', '');
    finds('zazolc', 'pl');
    finds('Zażółć gęślą', 'pl');
    finds('"zazolc gesla jazn"', 'pl');
    finds('LODZ', 'pl');
    finds('łóżko', 'pl');
    finds('uslug*', 'pl');

    # of all of them

    finds('труб | ёлка | école | łódź | desk', 'fr office pl ru uk');
}


sub places {
    finds('city', 'en office', 'irazd=0');
    finds('city', 'en', 'irazd=1');
    finds('office', 'office', 'irazd=1');
    finds('desk', 'office', 'irazd=2');
    finds('city', '', 'irazd=2');
    finds('licence key', 'en', 'irazd=2');

    # the buyer is everywhere, and by itself

    finds('springfield', 'en');
    finds('', 'en', 'buyer=borough springfield');
    finds('', 'en office', 'buyer=borough | archive');
    finds('city', 'office', 'buyer=city');
    finds('chairs', '', 'buyer=springfield');

    # numbers

    my ($all) = ask($t, 'dtype=json&kwords=kaspersky', $key)->json->[1];
    my $number = $all->{TenderNumOuter};
    my ($year) = $number =~ /(\d{4})/;

    like($number, qr/^UA-\d{4}-SBC-1\z/, 'a number');
    finds($number, 'en');
    finds(lc $number, 'en');
    finds($number, 'en', 'irazd=3');
    finds("UA-$year-SBC-*", 'en', 'irazd=3');
    finds("UA-$year-*", 'en fr office pl ru uk', 'irazd=3');
    finds("UA-$year-SBC", '', 'irazd=3');
    finds('kaspersky', '', 'irazd=3');

    for my $bad (qw(4 -1 x 1.5)) {
        denied(ask($t, "dtype=json&kwords=x&irazd=$bad", $key), 400,
               'bad_request', qr/^irazd: /, "irazd=$bad");
    }
}


sub excluded {
    finds('city', 'office', 'kwords_minus=kaspersky');
    finds('city', '', 'kwords_minus=kaspersky,chairs');
    finds('city', '', 'kwords_minus=kaspersky chairs');
    finds('city', 'office', 'kwords_minus="city hall"');
    finds('city', 'en office', 'kwords_minus="hall city"');
    finds('', 'fr pl ru uk', 'kwords_minus=city');
    finds('city', 'en office', 'kwords_minus=');
    finds('UA-*', 'fr office pl ru uk', 'irazd=3&kwords_minus=kaspersky');
}


sub fragments {
    my $of = sub {
        my ($query, $more) = @_;
        my $r = ask($t, 'dtype=json&fields=searchFragmentXML&kwords=' . $query
                        . ($more // ''), $key);

        return [map { @{ $_->{searchFragmentXML}{fragment} } }
                (records($r))[1 .. @{ $r->json } - 1]];
    };

    is_deeply($of->('kaspersky'),
              ['[B]Kaspersky[/B] Endpoint Security, full-text search, lot '
               . '12/2014'], 'a word');
    is_deeply($of->('елка'),
              ['[B]Ёлка[/B] искусственная, гирлянды для детского сада'],
              'as it stands in the text');
    is_deeply($of->('antivirus kaspersky'),
              ['[B]Antivirus[/B] licences for the city hall',
               '[B]Kaspersky[/B] Endpoint Security, full-text search, lot '
               . '12/2014'], 'in two texts');
    is_deeply($of->('licence'), ['[B]Licence[/B] key'], 'in an item');
    is_deeply($of->('springfield'),
              ['[B]Springfield[/B] Borough Council'], 'in the buyer');
    is_deeply($of->('chairs -nothing'),
              ['Office [B]chairs[/B] and desks',
               'Desks for the city archive, [B]chairs[/B] with full text '
               . 'manuals'], 'not what is excluded');
    is_deeply($of->(''), [], 'nothing without words') or diag(
        explain($of->('')));

    # who has no key sees no buyer

    my $r = $t->get("$EXPORT?dtype=json&kwords=springfield"
                    . '&fields=searchFragmentXML');

    is($r->body, '[{"Total":"1"},{"searchFragmentXML":{"fragment":[]}}]',
       'in preview the buyer is hidden there, too');
}


sub bounds {
    my $says = sub {
        my ($query, $text, $name) = @_;

        denied(ask($t, "dtype=json&kwords=$query", $key), 400, 'bad_request',
               qr/^kwords: $text/, $name // $query);
    };

    # versions above 2.0 refuse what is no query, older ones take it as text

    for my $query ('city -', '"city', 'city (hall', 'city) hall', '""',
                   '()')
    {
        $says->($query, qr/[A-Z]/, $query);

        my $r = $t->get("/api2.0/export?dtype=json&api_code=$key&kwords="
                        . escape($query));

        is($r->status, 200, "$query: an older version takes it");
    }

    $says->('x', 'The text of a search has 2 to 256', 'one character');
    finds('ш' x 256, '');
    $says->('ш' x 257, '.', '257 characters');
    $says->(join(' ', 'a' .. 'z', 'aa' .. 'ag'), qr/.*32/, '33 words');
    finds(join(' | ', map { "c$_" } 1 .. 32), '');
    $says->('a*', '.', 'a prefix of one character');
    finds('(' x 16 . 'city' . ')' x 16, 'en office');
    $says->('(' x 17 . 'city' . ')' x 17, '.', 'brackets in brackets');

    denied(ask($t, 'dtype=json&kwords_minus='
                   . join(',', 'aa' .. 'bh'), $key), 400,
           'bad_request', qr/^kwords_minus: /, 'too many to exclude');
    is($t->get("$EXPORT?kwords=%01&api_code=$key")->status, 400,
       'a control character');
}
