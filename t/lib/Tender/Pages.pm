package Tender::Pages;

# Copyright (C) ngx_tender_module contributors

# What tests of the web pages have in common.
#
#   my $t = page_test();                     # all dialects, one user
#   my $cookie = enter($t);                  # ann@acme, "secret"
#   my $r = look($t, '/search?kwords=desk', cookie => $cookie, lang => 'fr');
#   page_is($r, 200, 'h1', 'why');
#   my $csrf = csrf($r);
#   $r = post_form($t, '/api/codes', { name => 'CRM' }, cookie => $cookie,
#                  csrf => $csrf);
#   my $text = shown($r);                    # without its tags
#   my $tender = tender('desks', price => 500, ...);

use strict;
use warnings;

use Exporter 'import';
use Test::More;

use Tender::Api;
use Tender::Login;


our @EXPORT = qw(page_test enter look page_is csrf post_form shown tender
                 $HTML $POLICY);

our $HTML   = 'text/html; charset=UTF-8';
our $POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; "
              . "img-src 'self' data:; connect-src 'self'; "
              . "form-action 'self'; frame-ancestors 'none'; "
              . "base-uri 'none'";


sub page_test {
    my (%opt) = @_;

    my $t = login_test(location => <<'END' . ($opt{location} // ''),
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; tender_auth_cache 0; }
        location / { tender_account; tender_session_secure off;
                     tender_auth_cache 0; }
END
        map { $_ => $opt{$_} } grep { $_ ne 'location' } keys %opt);

    plant_user($t, 'ann@acme', 'secret');

    return $t;
}


sub enter {
    my ($t, $name, $password) = @_;

    return cookie(login($t, $name || 'ann@acme', $password || 'secret'));
}


sub headers {
    my (%opt) = @_;

    my @cookies = ((defined $opt{cookie} ? "tender_session=$opt{cookie}"
                                         : ()),
                   (defined $opt{kept} ? "tender_lang=$opt{kept}" : ()));

    return { Accept => 'text/html',
             @cookies ? (Cookie => join '; ', @cookies) : (),
             defined $opt{lang} ? ('Accept-Language' => $opt{lang}) : (),
             %{ $opt{headers} || {} } };
}


sub look {
    my ($t, $path, %opt) = @_;

    return $t->get($path, headers(%opt));
}


sub post_form {
    my ($t, $path, $fields, %opt) = @_;

    return $t->post($path, form_body(csrf => $opt{csrf}, %$fields),
                    { %{ headers(%opt) }, 'Content-Type' => $FORM });
}


# a whole page with one heading

sub page_is {
    my ($r, $status, $heading, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, $status, "$why: status");
    is($r->header('Content-Type'), $HTML, "$why: HTML");
    is($r->header('Content-Security-Policy'), $POLICY, "$why: policy");
    is($r->header('X-Content-Type-Options'), 'nosniff', "$why: its type");
    is($r->header('Vary'), 'Accept-Language, Cookie', "$why: Vary");
    like($r->body, qr/\A<!DOCTYPE html>.*<\/html>\n\z/s, "$why: all of it");
    unlike($r->body, qr/\{\{|\}\}/, "$why: nothing left to fill in");
    is(join('|', $r->body =~ /<h1[^>]*>(.*?)<\/h1>/gs), $heading,
       "$why: heading");
}


sub csrf { $_[0]->body =~ /name="csrf" value="([0-9a-f]{64})"/ ? $1 : undef }


sub shown {
    my ($r) = @_;

    my ($main) = $r->body =~ /<main[^>]*>(.*)<\/main>/s;
    my %chars  = (lt => '<', gt => '>', amp => '&', quot => '"',
                  '#39' => "'");

    $main = '' if !defined $main;
    $main =~ s/<[^>]*>/ /g;
    $main =~ s/&(lt|gt|amp|quot|#39);/$chars{$1}/g;
    $main =~ s/\s+/ /g;

    return $main;
}


# what is published of it

sub tender {
    my ($title, %opt) = @_;

    return {
        title => $title,
        defined $opt{price}
            ? (totalValue => { amount => $opt{price},
                               currency => $opt{currency} || 'UAH' }) : (),
        defined $opt{buyer}
            ? (procuringEntity => {
                   id => { name => $opt{buyer}, uid => '0037',
                           scheme => 'http://example.org/register',
                           uri => $opt{uri} || 'http://example.org/buyer' },
                   address => { region => 'Kyiv', locality => 'Kyiv',
                                countryName => 'Ukraine' },
               }) : (),
        %{ $opt{data} || {} },
    };
}


1;
